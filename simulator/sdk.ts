import { SDK_CHECKS } from './sdk-checks.ts';
import { SDK_ENTRY } from './sdk-entry.ts';
import { SDK_WIDGETS } from './sdk-widgets.ts';
import { SDK_WINDOW } from './sdk-window.ts';

/**
 * `GET /v2/standard`: replaces https://js.tosspayments.com/v2/standard (docs: SDK v2; names and errors from the types
 * of @tosspayments/tosspayments-sdk 2.8.1). It is plain JavaScript for the browser, kept as text because it is served.
 * It sets styles through the CSSOM, which the `style-src` of a page allows. Not included: brandpay,
 * renderPaymentWindow. That the agreement starts ticked is UNVERIFIED.
 */
export const SDK_SCRIPT = `(function () {
'use strict';
${SDK_CHECKS}
${SDK_WINDOW}
${SDK_WIDGETS}
${SDK_ENTRY}
})();
`;
