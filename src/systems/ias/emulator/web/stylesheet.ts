import { createHash } from 'node:crypto';

/** One style for every page of a tenant: no images, no fonts to load, no script. All text has a contrast of 4.5 or more. */
export const STYLESHEET = `
:root { --ink: #1d2d3e; --soft: #556b82; --line: #d5dadd; --ground: #f5f6f7; --paper: #fff; --accent: #0057b8;
  --accent-dark: #00418c; --good: #256f3a; --good-ground: #ebf5ee; --bad: #aa0808; --bad-ground: #fdeeee;
  --note-ground: #eaf3fc; --gap: 1rem; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 var(--gap); overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 0.75rem; }
p { margin: 0 0 var(--gap); }
a { color: var(--accent); overflow-wrap: anywhere; }
a:hover { color: var(--accent-dark); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -100rem; top: 0; background: var(--paper); padding: 0.5rem 1rem; z-index: 1; }
.skip:focus { left: 0; }
.host, .hint, .meta { color: var(--soft); }
.host { overflow-wrap: anywhere; margin-bottom: var(--gap); }
.hint { display: block; font-size: 0.9rem; margin-top: 0.25rem; }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.92em; overflow-wrap: anywhere; }

.card { background: var(--paper); border: 1px solid var(--line); border-radius: 0.75rem; margin: 4rem auto 2rem;
  max-width: 27rem; padding: 2rem; }
.card form + form, .card form + p, .card p + form { margin-top: var(--gap); }
.foot { color: var(--soft); font-size: 0.9rem; margin: 0 auto 2rem; max-width: 27rem; padding: 0 1rem; text-align: center; }

.bar { background: #0b2545; color: #fff; display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.5rem;
  padding: 0.6rem 1.5rem; }
.bar strong { font-weight: 600; }
.bar .where { color: #d3e0ef; flex: 1 1 12rem; overflow-wrap: anywhere; }
.bar .who { display: flex; align-items: center; gap: 0.75rem; }
.bar a { color: #fff; }
.bar button { background: transparent; border-color: #9fb6d1; color: #fff; }
.bar button:hover { background: #1a3a63; }
.bar :focus-visible { outline-color: #fff; }
.columns { display: flex; align-items: flex-start; margin: 0 auto; max-width: 90rem; }
.columns > nav { flex: 0 0 16rem; padding: 1.5rem 0 1.5rem 1.5rem; }
.columns > nav ul { list-style: none; margin: 0; padding: 0; }
.columns > nav a { border-radius: 0.4rem; color: var(--ink); display: block; padding: 0.4rem 0.75rem; text-decoration: none; }
.columns > nav a:hover { background: #e6eaee; }
.columns > nav a[aria-current] { background: #dce9f7; color: var(--accent-dark); font-weight: 600; }
.columns > main { flex: 1 1 auto; min-width: 0; padding: 1.5rem; }
.wide { margin: 0 auto; max-width: 60rem; padding: 1.5rem; }

section { background: var(--paper); border: 1px solid var(--line); border-radius: 0.75rem; margin-bottom: 1.25rem;
  padding: 1.25rem 1.5rem; }
section > :last-child, .card > :last-child, .message > :last-child { margin-bottom: 0; }
.rows { overflow-x: auto; }
.rows:focus-visible { outline-offset: -3px; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.5rem 1rem 0.5rem 0; text-align: left; vertical-align: top; }
th { color: var(--soft); font-size: 0.9rem; font-weight: 600; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { color: var(--ink); font-size: 1rem; font-weight: 400; white-space: normal; }
tbody th a { font-weight: 600; }
td { overflow-wrap: anywhere; min-width: 6rem; }
.rows + form, .rows + .pages + form, section > p + form, section > form + form { margin-top: 1.25rem; }
td ul { margin: 0; padding-left: 1rem; }
dl { display: grid; gap: 0.35rem 1.5rem; grid-template-columns: minmax(9rem, max-content) minmax(0, 1fr); margin: 0 0 var(--gap); }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.badge { border: 1px solid var(--line); border-radius: 1rem; display: inline-block; font-size: 0.85rem; padding: 0 0.6rem;
  white-space: nowrap; }
.badge.good { background: var(--good-ground); border-color: #9ccbab; color: var(--good); }
.badge.bad { background: var(--bad-ground); border-color: #e5a9a9; color: var(--bad); }

.message { background: var(--note-ground); border-left: 0.3rem solid var(--accent); border-radius: 0.3rem;
  margin-bottom: var(--gap); overflow-wrap: anywhere; padding: 0.6rem 1rem; }
.message.good { background: var(--good-ground); border-color: var(--good); }
.message.bad { background: var(--bad-ground); border-color: var(--bad); }
.once { background: var(--paper); border: 1px dashed var(--soft); display: block; font-size: 1.05rem; margin: 0.5rem 0;
  padding: 0.5rem 0.75rem; user-select: all; }

.field { margin-bottom: var(--gap); }
label, legend { font-weight: 600; }
.field > label { display: block; margin-bottom: 0.25rem; }
fieldset { border: 0; margin: 0 0 var(--gap); padding: 0; }
legend { margin-bottom: 0.35rem; padding: 0; }
.choice { align-items: flex-start; display: flex; gap: 0.6rem; margin-bottom: 0.4rem; }
.choice label { font-weight: 400; }
.choice input { flex: none; height: 1.15rem; margin: 0.2rem 0 0; width: 1.15rem; }
input, select, textarea { background: var(--paper); border: 1px solid #75879a; border-radius: 0.4rem; color: inherit;
  font: inherit; max-width: 100%; padding: 0.45rem 0.6rem; width: 100%; }
section .field > input, section .field > select, section .field > textarea { max-width: 30rem; }
input[aria-invalid] { border-color: var(--bad); }
textarea { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.85rem; min-height: 8rem; }
.pair { display: grid; gap: 0 1.5rem; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); max-width: 61.5rem; }
button, .button { background: var(--paper); border: 1px solid #75879a; border-radius: 0.4rem; color: var(--ink); cursor: pointer;
  display: inline-block; font: inherit; padding: 0.4rem 1rem; text-decoration: none; }
button:hover, .button:hover { background: #edf1f5; color: var(--ink); }
.main { background: var(--accent); border-color: var(--accent); color: #fff; }
.main:hover { background: var(--accent-dark); color: #fff; }
.danger { border-color: var(--bad); color: var(--bad); }
.danger:hover { background: var(--bad-ground); color: var(--bad); }
.card form > button { width: 100%; }
.actions { align-items: flex-start; display: flex; flex-wrap: wrap; gap: 0.6rem; }
.actions form { margin: 0; }
.actions:empty { display: none; }
.actions + details { margin-top: 0.6rem; }
main > .actions { margin-bottom: 1.25rem; }
.button, button, summary { line-height: 1.4; }
details > summary { border: 1px solid var(--bad); border-radius: 0.4rem; color: var(--bad); cursor: pointer; display: inline-block;
  list-style: none; padding: 0.4rem 1rem; }
details > summary::-webkit-details-marker { display: none; }
details > summary:hover { background: var(--bad-ground); }
details[open] > summary { margin-bottom: 0.6rem; }
.search { align-items: end; display: flex; flex-wrap: wrap; gap: 0.6rem 1rem; margin-bottom: var(--gap); }
.search .field { flex: 0 1 18rem; margin: 0; }
.split { align-items: end; display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; justify-content: space-between;
  margin-bottom: var(--gap); }
.split > * { margin-bottom: 0; }
.split > form, .split > p { flex: 1 1 20rem; }
.pages { align-items: center; display: flex; flex-wrap: wrap; gap: 1rem; margin-top: var(--gap); }
.qr { background: #fff; display: block; height: 12rem; margin-bottom: var(--gap); width: 12rem; }

@media (max-width: 60rem) {
  .columns { display: block; }
  .columns > nav { padding: 0.5rem 1rem; }
  .columns > nav ul { display: flex; flex-wrap: wrap; gap: 0.15rem; }
}
@media (max-width: 40rem) {
  .rows table, .rows tbody, .rows tr, .rows th, .rows td { display: block; }
  .rows thead { height: 0; overflow: hidden; position: absolute; width: 0; }
  .rows tr { border-bottom: 1px solid var(--line); padding: 0.6rem 0; }
  .rows tr:first-child { padding-top: 0; }
  .rows tr:last-child { border-bottom: 0; padding-bottom: 0; }
  .rows tr > * { border: 0; padding: 0.1rem 0; }
  .rows td { display: grid; gap: 0 0.75rem; grid-template-columns: 6rem minmax(0, 1fr); }
  .rows td::before { color: var(--soft); content: attr(data-label); font-size: 0.9rem; }
  .rows td:has(> div:empty) { display: none; }
  .search .field { flex-basis: 100%; }
  .badge { overflow-wrap: anywhere; white-space: normal; }
}
@media (max-width: 30rem) {
  .bar .where { flex-basis: 100%; font-size: 0.9rem; order: 1; }
  .bar .who { margin-left: auto; }
  .card { border-width: 1px 0; border-radius: 0; margin: 0 0 1.5rem; max-width: none; padding: 1.5rem 1.25rem; }
  .bar { padding: 0.6rem 1rem; }
  .columns > main, .wide { padding: 1rem; }
  section { padding: 1rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: 0.6rem; }
}
`;

const digest = createHash('sha256').update(STYLESHEET).digest('hex').slice(0, 12);

/** Changes with the content, so that browsers may keep it. */
export const STYLESHEET_PATH = `/ui/style-${digest}.css`;
