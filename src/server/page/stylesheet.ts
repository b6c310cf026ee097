/** @file The stylesheet of the first page: light and dark, from 360 px on. */

/** CSS, served as `/page.css`. */
export const stylesheet = `:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --sheet: #ffffff; --ink: #1b2430; --soft: #586474; --line: #dde2e8;
  --accent: #0b6b8a; --good: #14693a; --good-ground: #e3f4e9; --warn: #7a4d00; --warn-ground: #fdf0d5;
  --bad: #a01c24; --bad-ground: #fce6e6; --plain-ground: #e9edf2; --track: #e9edf2;
  --bar-none: #4c9a6d; --bar-moderate: #d08a17; --bar-severe: #c93a42;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11161d; --sheet: #1a212b; --ink: #e6ebf1; --soft: #9aa7b6; --line: #2d3743;
    --accent: #6cc4e0; --good: #8fdcae; --good-ground: #173425; --warn: #f2c879; --warn-ground: #3a2c10;
    --bad: #ffa9ab; --bad-ground: #451d20; --plain-ground: #2a3441; --track: #2a3441;
    --bar-none: #4c9a6d; --bar-moderate: #d99a2b; --bar-severe: #e0555c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
a { color: var(--accent); }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
header p { margin: .25rem 0 0; color: var(--soft); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0 1rem; padding: 0; list-style: none; }
section { margin: 0 0 1rem; padding: 1rem 1.25rem 1.125rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; }
h2 { margin: 0 0 .75rem; font-size: 1.125rem; }
h3 { margin: .75rem 0 .5rem; font-size: 1rem; }
h2 + h3 { margin-top: 0; }
small, .note { color: var(--soft); font-size: .8125rem; font-weight: 400; }
th small, td small { display: block; }
.note { margin: .75rem 0 0; max-width: 48rem; }
.empty { margin: 0; color: var(--soft); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.25rem, 1fr)); gap: .75rem 1rem; margin: 0 0 .75rem; }
section > dl:last-child { margin-bottom: 0; }
dt { color: var(--soft); font-size: .8125rem; }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: .875em ui-monospace, "DejaVu Sans Mono", monospace; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem .4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-size: .8125rem; font-weight: 500; white-space: nowrap; vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 6rem; max-width: 16rem; overflow-wrap: anywhere; }
time { white-space: nowrap; }
.num { text-align: right; white-space: nowrap; }
.bar { width: 40%; min-width: 7rem; vertical-align: middle; }
.bar svg { display: block; width: 100%; height: .875rem; }
.track { fill: var(--track); }
rect.none { fill: var(--bar-none); }
rect.moderate { fill: var(--bar-moderate); }
rect.severe { fill: var(--bar-severe); }
.bar line { stroke: var(--soft); stroke-width: 1; vector-effect: non-scaling-stroke; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8125rem; white-space: nowrap; background: var(--plain-ground); }
.good { color: var(--good); background: var(--good-ground); }
.warn { color: var(--warn); background: var(--warn-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
summary { cursor: pointer; color: var(--accent); }
details .scroll { margin-top: .5rem; }
section p { margin: 0 0 .5rem; }
section p:last-child { margin-bottom: 0; }
ul { margin: .25rem 0 0; padding-left: 1.25rem; }
li { overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
figure { margin: 0; }
figcaption { margin-bottom: .25rem; color: var(--soft); font-size: .8125rem; }
img { max-width: 100%; height: auto; background: #ffffff; border-radius: .25rem; }
footer { padding-bottom: 1.5rem; color: var(--soft); font-size: .8125rem; }
@media (max-width: 30rem) {
  header, main, footer { padding-left: .75rem; padding-right: .75rem; }
  section { padding: .875rem; }
  dl { grid-template-columns: 1fr 1fr; }
}
`;
