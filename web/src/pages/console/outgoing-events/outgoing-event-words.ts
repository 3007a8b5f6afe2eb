import { dictionary } from '../../../words/dictionary.ts';

export const outgoingEventWords = dictionary(
  {
    title: '발신 이벤트',
    hint: '외부 서버로 보냈거나 보낼 이벤트입니다.',
    empty: '발신 이벤트가 없습니다.',
    KEPT: '보관만',
    PENDING: '전송 전',
    DELIVERED: '전송됨',
    FAILED: '실패',
    occurredAt: '발생 시각',
    attempts: '시도 횟수',
    lastResponse: '마지막 응답',
    nextAttempt: '다음 시도',
    redeliver: '재전송',
    redeliverOf: (type: string) => `${type} 재전송`,
  },
  {
    title: 'Outgoing events',
    hint: 'Events that were delivered, or will be, to your server.',
    empty: 'There are no outgoing events.',
    KEPT: 'Kept',
    PENDING: 'Pending',
    DELIVERED: 'Delivered',
    FAILED: 'Failed',
    occurredAt: 'Occurred',
    attempts: 'Attempts',
    lastResponse: 'Last response',
    nextAttempt: 'Next attempt',
    redeliver: 'Redeliver',
    redeliverOf: (type) => `Redeliver ${type}`,
  },
);
