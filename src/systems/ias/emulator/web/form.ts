import { html } from 'hono/html';
import type { Html } from './document.ts';

/** Hidden field with the token of the session, which must come back with every form. */
export const TOKEN_FIELD = 'authenticity_token';

export interface FormOptions {
  readonly action: string;
  /** Token of the session. */
  readonly token: string;
  readonly button: string;
  /** @default none */
  readonly look?: 'main' | 'danger';
  readonly fields?: Html | readonly Html[];
  /** Tells apart buttons with the same text. */
  readonly describes?: string;
}

export function postForm({ action, token, button, look, fields, describes }: FormOptions): Html {
  return html`<form method="post" action="${action}">
<input type="hidden" name="${TOKEN_FIELD}" value="${token}">
${fields ?? ''}
<button type="submit"${look ? html` class="${look}"` : ''}${describes ? html` aria-label="${button} ${describes}"` : ''}>${button}</button>
</form>`;
}

/** A form whose button has to be uncovered first: what it does cannot be undone. */
export function guardedForm(options: FormOptions & { readonly question: string }): Html {
  const { question, ...form } = options;
  return html`<details><summary>${form.button}…</summary>
<p>${question}</p>
${postForm({ ...form, look: 'danger' })}</details>`;
}

export interface FieldOptions {
  readonly name: string;
  readonly label: string;
  /** @default text */
  readonly type?: 'text' | 'password' | 'email' | 'search' | 'number' | 'date' | 'datetime-local';
  readonly value?: string | undefined;
  readonly hint?: string;
  readonly required?: boolean;
  readonly autocomplete?: string;
  readonly inputmode?: 'numeric';
  readonly min?: number;
  readonly max?: number;
}

export function textField(options: FieldOptions): Html {
  const { name, label, type = 'text', value, hint, required, autocomplete = 'off', inputmode, min, max } = options;
  return html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}"${attribute('value', value)}${attribute('inputmode', inputmode)}${attribute('min', min)}${attribute('max', max)}${described(name, hint)}${required ? html` required` : ''}>
${hintOf(name, hint)}</div>`;
}

export function areaField(options: Pick<FieldOptions, 'name' | 'label' | 'value' | 'hint' | 'required'>): Html {
  const { name, label, value, hint, required } = options;
  return html`<div class="field"><label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" spellcheck="false"${described(name, hint)}${required ? html` required` : ''}>${value ?? ''}</textarea>
${hintOf(name, hint)}</div>`;
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

export function selectField(options: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly Option[];
  readonly value?: string | undefined;
  readonly hint?: string;
}): Html {
  const { name, label, value, hint } = options;
  return html`<div class="field"><label for="${name}">${label}</label>
<select id="${name}" name="${name}"${described(name, hint)}>
${options.options.map(
  (option) =>
    html`<option value="${option.value}"${option.value === value ? html` selected` : ''}>${option.label}</option>
`,
)}</select>
${hintOf(name, hint)}</div>`;
}

/** One of several (radio buttons) or any of several (check boxes). */
export function choiceField(options: {
  readonly name: string;
  readonly label: string;
  readonly kind: 'one' | 'any';
  readonly options: readonly Option[];
  readonly chosen: readonly string[];
}): Html {
  const { name, label, kind, chosen } = options;
  return html`<fieldset><legend>${label}</legend>
${options.options.map((option, index) => {
  const id = `${name}-${index}`;
  const type = kind === 'one' ? 'radio' : 'checkbox';
  const checked = chosen.includes(option.value) ? html` checked` : '';
  return html`<div class="choice"><input type="${type}" id="${id}" name="${name}" value="${option.value}"${described(id, option.hint)}${checked}>
<div><label for="${id}">${option.label}</label>${hintOf(id, option.hint)}</div></div>
`;
})}</fieldset>`;
}

export function checkField(options: {
  readonly name: string;
  readonly label: string;
  readonly checked: boolean;
  readonly hint?: string;
}): Html {
  const { name, label, checked, hint } = options;
  return html`<div class="choice"><input type="checkbox" id="${name}" name="${name}" value="yes"${described(name, hint)}${checked ? html` checked` : ''}>
<div><label for="${name}">${label}</label>${hintOf(name, hint)}</div></div>`;
}

function attribute(name: string, value: string | number | undefined): Html | '' {
  return value === undefined ? '' : html` ${name}="${value}"`;
}

function described(id: string, hint: string | undefined): Html | '' {
  return hint === undefined ? '' : html` aria-describedby="${id}-hint"`;
}

function hintOf(id: string, hint: string | undefined): Html | '' {
  return hint === undefined ? '' : html`<span class="hint" id="${id}-hint">${hint}</span>`;
}
