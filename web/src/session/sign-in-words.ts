import { dictionary } from '../words/dictionary.ts';

export const signInWords = dictionary(
  {
    title: '로그인',
    token: '토큰 (Bearer JWT)',
    tokenHint: '로그인 서비스에서 받은 토큰을 붙여 넣으세요. 이 탭을 닫으면 지워집니다.',
    notAToken: '토큰 형식이 올바르지 않습니다.',
    useToken: '이 토큰으로 로그인',
    sandbox: '샌드박스에서는 원하는 역할로 바로 시작할 수 있습니다.',
    user: '사용자 아이디',
    asCustomer: '고객으로 시작',
    asOperator: '운영자로 시작',
    asAdmin: '관리자로 시작',
    withToken: '토큰으로 로그인',
    forbidden: '이 화면은 운영자만 볼 수 있습니다. 운영자로 로그인해 주세요.',
  },
  {
    title: 'Sign in',
    token: 'Token (bearer JWT)',
    tokenHint: 'Paste the token from your sign-in service. It is deleted when this tab is closed.',
    notAToken: 'This is not a valid token.',
    useToken: 'Sign in with this token',
    sandbox: 'In the sandbox you can start in any role.',
    user: 'User id',
    asCustomer: 'Start as a customer',
    asOperator: 'Start as an operator',
    asAdmin: 'Start as an admin',
    withToken: 'Sign in with a token',
    forbidden: 'This page is for operators. Please sign in as an operator.',
  },
);
