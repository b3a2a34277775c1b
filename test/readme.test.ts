import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { settings } from '../src/config/settings.ts'
import { endings } from '../src/endings.ts'
import { anchorsIn, blocksIn, documents, linksIn, pathsIn } from './support/documents.ts'

const readme = documents['README.md'] ?? ''
const settingsPage = documents['docs/settings.md'] ?? ''
const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts as object)
const links = Object.entries(documents).flatMap(([from, text]) => linksIn(from, text))

test('the README is a way in: 160 lines at most', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(160)
})

describe('the page of the settings', () => {
  test.each(Object.keys(settings))('explains %s', name => {
    expect(settingsPage).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|`, 'm'))
  })

  test('names no setting that does not exist', () => {
    const cells = [...settingsPage.matchAll(/^\| (.+?) \|/gm)].map(([, cell = '']) => cell)
    const named = cells.flatMap(cell => cell.match(/[A-Z][A-Z_]+_?[A-Z]+/g) ?? []).filter(name => name !== 'GCC')
    expect(named.filter(name => !(name in settings))).toEqual([])
  })
})

test('the page of the problem codes has each code with its status, and no other', () => {
  const rows = [...(documents['docs/problems.md'] ?? '').matchAll(/^\| `([a-z-]+)` \| (\d{3}) \|/gm)]
  const explained = rows.map(([, code = '', status]) => [code, Number(status)] as const)
  expect(explained).toHaveLength(Object.keys(endings).length)
  expect(Object.fromEntries(explained)).toEqual(
    Object.fromEntries(Object.entries(endings).map(([code, { status }]) => [code, status])),
  )
})

test('the page of the permissions names each permission that people are asked to consent to', () => {
  const asked = readFileSync('src/entra/oidc/scopes.ts', 'utf8').match(/\b[A-Z]\w+(?:\.[A-Z]\w+)+/g) ?? []
  expect(asked.length).toBeGreaterThan(5)
  expect(asked.filter(name => !documents['docs/permissions.md']?.includes(`\`${name}\``))).toEqual([])
})

test('the README names the settings that are required, and no others, where a reader connects a tenant', () => {
  const connect = readme.slice(readme.indexOf('## Connect your tenant'), readme.indexOf('## The map'))
  const named = [...connect.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name).filter(name => name !== undefined)
  const isOptional = (name: string) => settings[name as keyof typeof settings].safeParse(undefined).success
  // One of three is required; the README begins with the secret.
  const required = Object.keys(settings).filter(name => !isOptional(name) || name === 'ENTRA_CLIENT_SECRET')
  expect(named.toSorted()).toEqual(required.toSorted())
})

test('a link, an anchor and a path that lead nowhere are seen', () => {
  const text = '# A heading: two\n[x](b.md#y) `src/attic/`\n```\nsrc/gate/  all\n  attic/  old · test/cellar\n```\n'
  expect(linksIn('docs/a.md', text)).toEqual([{ from: 'docs/a.md', path: 'docs/b.md', anchor: 'y' }])
  expect(anchorsIn(text)).toEqual(['a-heading-two'])
  expect(pathsIn(text)).toEqual(['src/attic/', 'src/gate/', 'src/gate/attic/', 'test/cellar'])
})

describe('the documents', () => {
  test('are there', () => {
    for (const path of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'docs/decisions.md'])
      expect(Object.keys(documents)).toContain(path)
  })

  test('name only commands of npm that exist', () => {
    const named = Object.entries(documents).flatMap(([path, text]) =>
      [...text.matchAll(/(?<=^|`|&& )npm (?:run )?([\w:]+)/gm)].map(([, command = '']) => ({ path, command })),
    )
    expect(named.length).toBeGreaterThan(10)
    const known = [...scripts, 'ci', 'install']
    expect(named.filter(({ command }) => !known.includes(command))).toEqual([])
  })

  test('hold only shell commands that a POSIX shell can read', () => {
    const commands = Object.values(documents).flatMap(text =>
      blocksIn(text).filter(({ language }) => language === 'sh'),
    )
    expect(commands.length).toBeGreaterThan(5)
    const unread = commands.filter(({ text }) => spawnSync('sh', ['-n'], { input: text }).status !== 0)
    expect(unread).toEqual([])
  })

  test('link to files and headings that exist', () => {
    expect(links.length).toBeGreaterThan(50)
    const isBroken = ({ path, anchor }: (typeof links)[number]) =>
      !existsSync(path) || (anchor !== undefined && !anchorsIn(documents[path] ?? '').includes(anchor))
    expect(links.filter(isBroken)).toEqual([])
  })

  test('name only paths that exist', () => {
    const named = Object.entries(documents).flatMap(([document, text]) =>
      pathsIn(text).map(path => ({ document, path })),
    )
    expect(named.length).toBeGreaterThan(60)
    // What a reader is told to add.
    const added = Object.values(documents).flatMap(text => blocksIn(text).map(block => block.text.split('\n')[0] ?? ''))
    expect(named.filter(({ path }) => !existsSync(path) && !added.some(line => line.includes(path)))).toEqual([])
  })

  test('are all found within two clicks from the README', () => {
    const reached = new Set(['README.md'])
    for (const _click of [1, 2])
      for (const { from, path } of links.filter(link => reached.has(link.from))) if (from !== path) reached.add(path)
    expect(Object.keys(documents).filter(path => !reached.has(path))).toEqual([])
  })
})

describe('the map in docs/architecture.md', () => {
  const named = pathsIn(documents['docs/architecture.md'] ?? '').map(path => path.replace(/\/$/, ''))
  const foldersIn = (root: string) =>
    readdirSync(root, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(({ name }) => posix.join(root, name))

  test('names every room of the application, every folder in it, and all that stands around it', () => {
    const rooms = foldersIn('src')
    const folders = [...rooms, ...rooms.flatMap(foldersIn), ...foldersIn('infra'), 'views', 'test']
    expect(folders.filter(folder => !named.includes(folder))).toEqual([])
  })
})
