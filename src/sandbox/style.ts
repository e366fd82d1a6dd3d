/** The style of the sandbox's pages: light or dark as the reader's system is, no file of its own, no script. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f5f6f8; --card: #fff; --text: #17181c; --quiet: #626775; --line: #e3e5ea; --head: #f0f1f5; --accent: #0b6e66; --good: #13713a; --bad: #b3261e; --warn: #8a5a00 }
@media (prefers-color-scheme: dark) { :root { --ground: #14161a; --card: #1d2026; --text: #e8eaf0; --quiet: #9aa1b0; --line: #31353f; --head: #262a32; --accent: #5cc7bb; --good: #6fcf97; --bad: #ff8a80; --warn: #f0b95b } }
* { box-sizing: border-box }
body { font: 14px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; margin: 0 auto; max-width: 82rem; padding: 1.5rem 1.25rem 4rem; color: var(--text); background: var(--ground) }
h1 { font-size: 1.5rem; margin: 0; letter-spacing: -.01em } h2 { font-size: 1.05rem; margin: 0 0 .6rem } h3 { font-size: .9rem; margin: 1rem 0 .4rem }
p { margin: .4rem 0 } a { color: var(--accent) } code, .mono { font: .92em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere }
pre { font: 12.5px/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--head); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; overflow-x: auto; margin: .5rem 0 }
.quiet { color: var(--quiet) } .good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) }
header { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; align-items: baseline; margin-bottom: 1rem }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0 0 1rem; font-size: .93em }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem; margin-bottom: .9rem }
.fact { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .6rem .9rem } .fact b { display: block; font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums } .fact span { color: var(--quiet); font-size: .88em }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.15rem; margin: 0 0 .9rem; scroll-margin-top: 1rem }
.halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 0 .9rem }
.scroll { overflow-x: auto; margin: .3rem -.3rem; padding: 0 .3rem; max-height: 30rem; overflow-y: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums } th, td { text-align: left; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--quiet); font-weight: 500; font-size: .86em; white-space: nowrap; position: sticky; top: 0; background: var(--card) } tr:last-child td { border-bottom: 0 } td.number { text-align: right } th.number { text-align: right } td.fixed { white-space: nowrap }
.tag { display: inline-block; font-size: .84em; padding: 0 .5rem; border-radius: 99px; border: 1px solid currentColor; white-space: nowrap }
form { display: inline } .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .5rem 0 } .row form, form.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end } .row .row { margin: 0 }
label { display: block; font-size: .86em; color: var(--quiet) } label.check { display: flex; gap: .4rem; align-items: center; font-size: 1em; color: inherit; margin: .25rem 0 }
input:not([type=checkbox]), select { display: block; font: inherit; color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: 7px; padding: .3rem .5rem; margin-top: .15rem; max-width: 100% } input[type=number] { width: 7.5rem }
button { font: inherit; padding: .34rem .8rem; border: 1px solid var(--line); border-radius: 7px; background: var(--head); color: var(--text); cursor: pointer } button:hover { border-color: var(--quiet) } button.main { background: var(--accent); border-color: var(--accent); color: var(--card); font-weight: 600 } button.danger { color: var(--bad) }
fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; padding: .6rem 1rem } details > summary { cursor: pointer; color: var(--quiet) } details[open] > summary { margin-bottom: .3rem }
.narrow { max-width: 40rem; margin: 3rem auto }
`;
