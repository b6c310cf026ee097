/** @file The stylesheet of the data docs: light and dark, from 360 px on; every page carries it. */

/** CSS, in the tone of the server's first page. */
export const stylesheet = `:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --sheet: #ffffff; --ink: #1b2430; --soft: #586474; --line: #dde2e8;
  --accent: #0b6b8a; --good: #14693a; --good-ground: #e3f4e9; --warn: #7a4d00; --warn-ground: #fdf0d5;
  --bad: #a01c24; --bad-ground: #fce6e6; --plain-ground: #e9edf2; --track: #e9edf2;
  --fill: #2f7fa3; --fill-good: #4c9a6d; --fill-warn: #d08a17; --fill-bad: #c93a42; --pos: #1f6f9c; --neg: #b5562b; --was: #9aa5b1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11161d; --sheet: #1a212b; --ink: #e6ebf1; --soft: #9aa7b6; --line: #2d3743;
    --accent: #6cc4e0; --good: #8fdcae; --good-ground: #173425; --warn: #f2c879; --warn-ground: #3a2c10;
    --bad: #ffa9ab; --bad-ground: #451d20; --plain-ground: #2a3441; --track: #2a3441;
    --fill: #4a9dc2; --fill-good: #4c9a6d; --fill-warn: #d99a2b; --fill-bad: #e0555c; --pos: #58b4e0; --neg: #ec8a5a; --was: #6d7a89;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
a { color: var(--accent); }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
header, main, footer { max-width: 66rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
header p { margin: .25rem 0 1rem; color: var(--soft); overflow-wrap: anywhere; }
section { margin: 0 0 1rem; padding: 1rem 1.25rem 1.125rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; }
h2 { margin: 0 0 .75rem; font-size: 1.125rem; }
h3 { margin: 0; font-size: .9375rem; overflow-wrap: anywhere; }
section > h3 { margin: 1rem 0 .5rem; }
small, .note { color: var(--soft); font-size: .8125rem; font-weight: 400; }
.note { margin: .75rem 0 0; max-width: 48rem; }
th small, td small { display: block; }
td.bar small { display: inline; }
.empty { margin: 0; color: var(--soft); }
section p { margin: 0 0 .5rem; overflow-wrap: anywhere; }
section p:last-child { margin-bottom: 0; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.25rem, 1fr)); gap: .75rem 1rem; margin: 0 0 .75rem; }
section > dl:last-child { margin-bottom: 0; }
dt { color: var(--soft); font-size: .8125rem; }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
code { font: .875em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem .4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-size: .8125rem; font-weight: 500; white-space: nowrap; vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 8rem; overflow-wrap: anywhere; }
.samples { margin-top: .35rem; font-weight: 400; }
.samples code { display: inline-block; margin: 0 .25rem .25rem 0; padding: 0 .3rem; border-radius: .2rem; background: var(--plain-ground); }
.num { text-align: right; white-space: nowrap; }
time { white-space: nowrap; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8125rem; white-space: nowrap; background: var(--plain-ground); }
.good { color: var(--good); background: var(--good-ground); }
.warn { color: var(--warn); background: var(--warn-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
svg { display: block; width: 100%; }
.track { fill: var(--track); }
.fill { fill: var(--fill); }
.fill-good { fill: var(--fill-good); }
.fill-warn { fill: var(--fill-warn); }
.fill-bad { fill: var(--fill-bad); }
.mark { stroke: var(--soft); stroke-width: 1; vector-effect: non-scaling-stroke; }
.bar { width: 30%; min-width: 5.5rem; }
.bar svg { height: .75rem; margin-top: .35rem; }
.was { fill: var(--was); }
td.bar .own { display: block; }
.fails { height: 1.25rem; margin-top: .5rem; border-bottom: 1px solid var(--line); }
td .ends { margin-top: .125rem; }
.labels { display: flex; color: var(--soft); font-size: .75rem; font-variant-numeric: tabular-nums; }
.labels span { flex: 1; text-align: center; }
.key { display: inline-block; width: .75rem; height: .75rem; margin-left: .5rem; border-radius: .15rem; vertical-align: -1px; }
.key:first-child { margin-left: 0; }
.key.was { background: var(--was); }
.key.now { background: var(--fill); }
.pairs thead th { padding-bottom: .25rem; border: 0; font-size: .75rem; }
.pairs tbody th { font-size: .75rem; white-space: nowrap; }
.pairs .bar { width: 30%; }
.pairs .bar svg { height: .875rem; }
.trend { width: 30%; min-width: 4.5rem; }
.trend svg { height: 2rem; }
.history { display: flex; flex-wrap: wrap; gap: .25rem .75rem; margin: .5rem 0 0; padding: 0; list-style: none; font-size: .8125rem; }
summary { cursor: pointer; color: var(--accent); font-size: .8125rem; font-weight: 400; }
ul { margin: .25rem 0 0; padding-left: 1.25rem; }
li { overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 1rem; }
.card { min-width: 0; padding: .75rem .875rem; border: 1px solid var(--line); border-radius: .4rem; }
.card h3 { margin-bottom: .375rem; }
.card h3 small { margin-left: .375rem; white-space: nowrap; }
.card dl { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .375rem .5rem; margin: .5rem 0 0; font-size: .875rem; }
.card dt { font-size: .75rem; }
.chart svg { height: 3.5rem; border-bottom: 1px solid var(--line); }
.ends { display: flex; justify-content: space-between; gap: .5rem; color: var(--soft); font-size: .75rem; font-variant-numeric: tabular-nums; }
.top { margin-top: .5rem; font-size: .8125rem; }
.top th, .top td { padding: .1rem .5rem .1rem 0; border: 0; vertical-align: middle; }
.top tbody th { min-width: 0; font-weight: 400; }
.top .bar { width: 35%; min-width: 3.5rem; }
.top .bar svg { height: .5rem; margin: 0; }
.card .form { margin: .5rem 0 0; }
.side { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 1rem 2rem; }
.side > div:last-child { flex: 1 1 18rem; min-width: 0; }
.side > .scroll { max-width: 100%; }
.heat svg { width: auto; }
.heat text { fill: var(--ink); font: 11px system-ui, "DejaVu Sans", sans-serif; }
.heat .n { fill: var(--soft); text-anchor: middle; }
.heat .v { text-anchor: middle; font-size: 10px; }
.pos { fill: var(--pos); }
.neg { fill: var(--neg); }
footer { padding-bottom: 1.5rem; color: var(--soft); font-size: .8125rem; }
@media (max-width: 30rem) {
  header, main, footer { padding-left: .75rem; padding-right: .75rem; }
  section { padding: .875rem; }
  dl { grid-template-columns: 1fr 1fr; }
  tbody th { min-width: 6.5rem; }
  .wide { display: none; }
}
`;
