import { dictionary } from '../../../words/dictionary.ts';

export const jobWords = dictionary(
  {
    title: '작업',
    hint: '예약된 작업을 지금 실행합니다. 언제, 몇 번 실행해도 안전합니다.',
    run: '지금 실행',
    runJob: (name: string) => `${name} 지금 실행`,
    affected: (count: number) => `${count}건 처리했습니다.`,
  },
  {
    title: 'Jobs',
    hint: 'Runs a scheduled job now. It is safe to run a job at any time and repeatedly.',
    run: 'Run now',
    runJob: (name) => `Run ${name} now`,
    affected: (count) => `${count} affected.`,
  },
);

/** By the job names of the API. A test compares the list with the program's own. */
export const jobDescriptions = dictionary(
  {
    'recover-payments': '결과를 모르는 결제를 다시 조회합니다.',
    'expire-subscriptions': '이용 기간이 끝난 구독을 만료 처리합니다.',
    'switch-plans': '다른 요금제의 이용 기간이 시작된 구독의 요금제를 변경합니다.',
    'announce-renewals': '7일 뒤에 결제될 자동 갱신을 미리 알립니다. 금액이 바뀌면 다시 알립니다.',
    'renew-subscriptions': '결제일이 된 등록 카드를 결제합니다.',
    'purge-temp-orders': '유효 시간이 7일 지난 가주문을 무효로 합니다.',
    'lapse-invoices': '더는 결제하지 않는 연체 청구서를 무효로 합니다.',
    'purge-idempotency-keys': '24시간이 지난 Idempotency-Key의 응답을 지웁니다.',
    'purge-webhook-events': '처리가 끝난 지 오래된 웹훅을 지웁니다.',
    'purge-payments': '결제창에서 실패한 뒤 다시 시도하지 않은 주문을 7일 뒤에 지웁니다.',
    'purge-messages': '5년이 지난 발신 이벤트를 지웁니다.',
    'process-webhooks': '수신 웹훅을 처리합니다.',
    reconcile: '어제까지의 거래를 토스와 대사합니다.',
    'check-invariants': '장부의 정합성을 점검합니다.',
    'deliver-messages': '발신 이벤트를 외부 서버로 보냅니다.',
  },
  {
    'recover-payments': 'Retrieves payments with an unknown outcome.',
    'expire-subscriptions': 'Expires subscriptions whose last period is over.',
    'switch-plans': 'Switches subscriptions whose period of another plan has begun.',
    'announce-renewals': 'Announces renewals seven days ahead, and again if the amount changes.',
    'renew-subscriptions': 'Charges the cards on file that are due.',
    'purge-temp-orders': 'Voids temp orders 7 days after they expired.',
    'lapse-invoices': 'Voids past due invoices that are no longer charged.',
    'purge-idempotency-keys': 'Deletes responses kept under idempotency keys after 24 hours.',
    'purge-webhook-events': 'Deletes webhooks that were processed long ago.',
    'purge-payments': 'Deletes orders that failed in the payment window and were not retried for 7 days.',
    'purge-messages': 'Deletes outgoing events after 5 years.',
    'process-webhooks': 'Processes incoming webhooks.',
    reconcile: 'Compares everything up to yesterday with Toss.',
    'check-invariants': 'Checks that the records are consistent.',
    'deliver-messages': 'Delivers outgoing events.',
  },
);
