export const WINDOW_STYLE = `
* { box-sizing: border-box }
[hidden] { display: none !important }
body {
  margin: 0; background: #f2f4f6; color: #191f28;
  font: 16px/1.5 system-ui, "Apple SD Gothic Neo", "Malgun Gothic", sans-serif;
}
main { max-width: 440px; margin: 0 auto; min-height: 100vh; padding: 28px 20px; background: #fff }
h1 { font-size: 20px; margin: 0 }
.note { font-size: 13px; color: #6b7684; margin: 0 0 20px }
.amount { font-size: 30px; font-weight: 700; margin: 4px 0 4px }
fieldset { border: 0; padding: 0; margin: 20px 0 0 }
legend, .field > span { font-size: 14px; font-weight: 600; color: #4e5968; margin-bottom: 8px; display: block }
.methods { display: grid; grid-template-columns: 1fr 1fr; gap: 8px }
.methods label {
  display: flex; gap: 8px; align-items: center; border: 1px solid #d1d6db; border-radius: 12px; padding: 12px;
  cursor: pointer;
}
.methods label:has(:checked) { border-color: #3182f6; background: #f0f6ff }
.methods label:focus-within { outline: 2px solid #3182f6; outline-offset: 2px }
.field { display: block; margin-top: 16px }
select { width: 100%; padding: 12px; border: 1px solid #d1d6db; border-radius: 12px; background: #fff; font: inherit }
.faults { margin-top: 24px; padding: 4px 16px 16px; border: 1px dashed #d1d6db; border-radius: 12px }
button {
  width: 100%; padding: 15px; border: 0; border-radius: 12px; font: inherit; font-weight: 600; margin-top: 10px;
  cursor: pointer; background: #f2f4f6; color: #4e5968;
}
button[value=pay] { background: #3182f6; color: #fff; margin-top: 24px }
button:focus-visible, select:focus-visible { outline: 2px solid #3182f6; outline-offset: 2px }
`;

/** Shows only the fields of the chosen method. Without this script all fields are visible, and the form works too. */
export const WINDOW_SCRIPT = `
const show = () => {
  const method = document.querySelector('[name=method]:checked')?.value;
  for (const field of document.querySelectorAll('[data-for]'))
    field.hidden = !field.dataset.for.split(' ').includes(method);
};
document.addEventListener('change', show);
show();
`;
