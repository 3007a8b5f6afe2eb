import { dictionary } from '../../../words/dictionary.ts';

export const auditWords = dictionary(
  {
    title: '감사 기록',
    hint: '운영자 활동 기록입니다. 지우거나 고칠 수 없습니다.',
    actor: '작업자 ID',
    search: '검색',
    empty: '기록이 없습니다.',
    changes: '변경 내용',
    before: '이전',
    after: '이후',
    by: (actor: string, role: string) => `${actor} (${role})`,
  },
  {
    title: 'Audit log',
    hint: 'What operators did. Entries cannot be changed or deleted.',
    actor: 'Operator id',
    search: 'Search',
    empty: 'There are no entries.',
    changes: 'Changes',
    before: 'Before',
    after: 'After',
    by: (actor, role) => `${actor} (${role})`,
  },
);
