import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settings } from '../src/config/settings.ts'

const readme = readFileSync('README.md', 'utf8')
const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts as object)

for (const name of Object.keys(settings))
  test(`the README explains ${name}`, () => {
    expect(readme).toContain(`\`${name}\``)
  })

test('the README names no setting that does not exist', () => {
  const table = readme.slice(readme.indexOf('## Settings'), readme.indexOf('## Operate'))
  const named = [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = '']) => cell.match(/[A-Z][A-Z_]+/g) ?? [])
  expect(named.filter(name => !(name in settings))).toEqual([])
})

for (const [, command = ''] of readme.matchAll(/`npm (?:run )?(\w+)/g))
  if (command !== 'ci')
    test(`npm ${command}, which the README names, exists`, () => {
      expect(scripts).toContain(command)
    })

for (const [, file = ''] of readme.matchAll(/\]\(([^)]+)\)/g))
  test(`${file}, which the README shows, exists`, () => {
    const [path = '', heading] = file.split('#')
    expect(existsSync(path)).toBe(true)
    if (heading) expect(headingsIn(path)).toContain(heading)
  })

for (const [, path = ''] of readme.matchAll(/^(src\/[\w./-]+|views\/|infra\/tenant\/|test\/) /gm))
  test(`${path}, which is on the map, exists`, () => {
    expect(existsSync(path)).toBe(true)
  })

/** As GitHub makes them: lower case, with hyphens. */
const headingsIn = (path: string) =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
