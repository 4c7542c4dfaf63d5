import { createHash } from 'node:crypto';

/** One style for all pages of a UAA: no images, no fonts to load, no script. All text has a contrast of 4.5 or more. */
export const STYLESHEET = `
:root { --ink: #20262d; --soft: #57626e; --line: #75879a; --ground: #eef2f5; --paper: #fff; --accent: #0b5c73;
  --accent-dark: #07404f; --bad: #a30b0b; --bad-ground: #fdeeee; --good: #1f6a37; --good-ground: #ebf5ee; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
main { background: var(--paper); border-radius: 0.6rem; margin: 4rem auto 1rem; max-width: 28rem; padding: 2rem; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
.host { color: var(--soft); }
.message { border-left: 0.3rem solid var(--bad); background: var(--bad-ground); padding: 0.6rem 1rem; }
.message.good { border-color: var(--good); background: var(--good-ground); }
form { margin: 0 0 1rem; }
form + form { border-top: 1px solid var(--line); padding-top: 1rem; }
label { display: block; font-weight: 600; margin-bottom: 0.25rem; }
.choice { display: flex; gap: 0.6rem; margin-bottom: 0.4rem; }
.choice label { font-weight: 400; margin: 0; overflow-wrap: anywhere; }
fieldset { border: 0; margin: 0 0 1rem; padding: 0; }
legend { font-weight: 600; padding: 0; }
input:not([type=checkbox]) { border: 1px solid var(--line); border-radius: 0.3rem; font: inherit; margin-bottom: 1rem;
  padding: 0.45rem 0.6rem; width: 100%; }
button { background: var(--accent); border: 1px solid var(--accent); border-radius: 0.3rem; color: #fff; cursor: pointer;
  font: inherit; padding: 0.5rem 1rem; width: 100%; }
button:hover { background: var(--accent-dark); }
button.other { background: var(--paper); color: var(--accent-dark); margin-top: 0.6rem; }
samp { background: var(--ground); border-radius: 0.3rem; display: block; font: 1.15rem/1.5 ui-monospace, "DejaVu Sans Mono",
  monospace; margin-bottom: 1rem; overflow-wrap: anywhere; padding: 0.75rem 1rem; user-select: all; }
a { color: var(--accent-dark); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { left: -100rem; padding: 0.5rem 1rem; position: absolute; top: 0; }
.skip:focus { background: var(--paper); left: 0; }
@media (max-width: 30rem) { main { border-radius: 0; margin-top: 0; padding: 1.5rem 1.25rem; } }
`;

/** Changes with the content, so that browsers may keep it. */
export const STYLESHEET_PATH = `/resources/stylesheets/uaa-${createHash('sha256').update(STYLESHEET).digest('hex').slice(0, 12)}.css`;
