import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { doubtfulSettings } from '../../src/config/doubtful.ts'
import { loadConfig } from '../../src/config/load.ts'
import { blocksIn, documents } from '../support/documents.ts'
import { faultsOf, good } from './good.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-gates-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'gates.json')
/** The settings of an operator who wrote this text, or these gates, into the file. */
function withFile(content: string | object[]) {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify({ gates: content }))
  return { ...good, GATES_FILE: path }
}
const withGates = (...gates: object[]) => withFile(gates)
const group = (number: number) => `7d3e9a52-4f18-4c6b-b0a7-${String(number).padStart(12, '0')}`
const operators = { name: 'operators', title: 'Payments operators', group: group(1) }
const gateNumber = (number: number) => ({ name: `gate-${number}`, title: `Gate ${number}`, group: group(number) })
const gateNumbers = (count: number) => Array.from({ length: count }, (_, index) => gateNumber(index + 1))
/** The lines without their examples. */
const wrongs = (environment: Record<string, string>) =>
  faultsOf(environment).map(line => line.split('. Example: ')[0] ?? '')
const lastGate = (...gates: object[]) => loadConfig(withGates(...gates)).gates.at(-1)

describe('a gate in the file', () => {
  test('is read with its name, title and group', () => {
    expect(lastGate(operators)).toEqual({
      name: 'operators',
      title: 'Payments operators',
      groupId: group(1),
      selfService: false,
    })
  })

  test('may have a role and a context beside its group', () => {
    expect(lastGate({ ...operators, role: 'Payments.Operate', context: 'C2' })).toMatchObject({
      groupId: group(1),
      role: 'Payments.Operate',
      context: 'c2',
    })
  })

  test('may have a role alone', () => {
    const { group: _absent, ...rest } = operators
    expect(lastGate({ ...rest, role: 'Payments.Operate' })).toEqual({
      name: 'operators',
      title: 'Payments operators',
      role: 'Payments.Operate',
      selfService: false,
    })
  })

  test('has its group in lower case, however it is written', () => {
    expect(lastGate({ ...operators, group: ` ${group(1).toUpperCase()}\n` })?.groupId).toBe(group(1))
  })

  test('has no context where it names none, whatever members have', () => {
    const { gates } = loadConfig({ ...withGates(operators), AUTH_CONTEXT_ID: 'c1', ADMIN_AUTH_CONTEXT_ID: 'c2' })
    expect(gates.map(({ context }) => context)).toEqual(['c1', undefined])
  })

  test('may have the context of another', () => {
    const gates = gateNumbers(2).map(gate => ({ ...gate, context: 'c2' }))
    expect(faultsOf({ ...withFile(gates), AUTH_CONTEXT_ID: 'c2' })).toEqual([])
  })

  test('comes behind members, administrators and auditors, in the order of the file', () => {
    const others = { ADMIN_GROUP_ID: group(91), AUDITOR_GROUP_ID: group(92) }
    const { gates } = loadConfig({ ...withGates(gateNumber(2), gateNumber(1)), ...others })
    expect(gates.map(({ name }) => name)).toEqual(['members', 'administrators', 'auditors', 'gate-2', 'gate-1'])
  })

  test.each(['a', 'on-call', 'level-2', 'x'.repeat(40)])('may be called %s', name => {
    expect(faultsOf(withGates({ ...operators, name }))).toEqual([])
  })

  test.each(['R', 'Payments.Operate', "a!#$%&'()*+,-./:;<=>?@[]^_`{|}~", 'x'.repeat(120)])(
    'may have the role %s',
    role => {
      expect(faultsOf(withGates({ ...operators, role }))).toEqual([])
    },
  )

  test.each(['x', '支付操作员', 'Your own payments, "the big ones"', 'x'.repeat(120)])(
    'may have the title %s',
    title => {
      expect(faultsOf(withGates({ ...operators, title }))).toEqual([])
    },
  )
})

describe('people turn on their membership here', () => {
  const isTurnedOnHere = (gate: object, selfService: string) =>
    loadConfig({ ...withGates(gate), PIM_SELF_SERVICE: selfService }).gates.at(-1)?.selfService
  const { group: _absent, ...rest } = operators
  const ofRole = { ...rest, role: 'Payments.Operate' }

  test.each<[what: string, gate: object, selfService: string, isIt: boolean]>([
    ['where PIM_SELF_SERVICE is on', operators, 'on', true],
    ['where the file says so too', { ...operators, selfService: true }, 'on', true],
    ['where a role stands beside the group', { ...operators, role: 'R' }, 'on', true],
    ['but not where PIM_SELF_SERVICE is off', { ...operators, selfService: true }, 'off', false],
    ['but not where the file says no', { ...operators, selfService: false }, 'on', false],
    ['but not where there is no group', ofRole, 'on', false],
    ['but not where there is no group, whatever the file says', { ...ofRole, selfService: true }, 'on', false],
  ])('%s', (_what, gate, selfService, isIt) => {
    expect(isTurnedOnHere(gate, selfService)).toBe(isIt)
  })
})

describe('a field that is wrong is named with its gate', () => {
  const nameWrong = 'must begin with a letter, and hold a-z, 0-9 and - only, at most 40 of them'
  const nameTaken = 'must be none of members, administrators, auditors, signed-in: they have a meaning already'
  const titleWrong = 'must be one line, without control characters'
  const roleWrong =
    'must be the value of an app role: at most 120 characters, without spaces, none but those that Entra takes, and no . at its start'
  const notText = 'must be text, in quotes'
  const placeholder = 'is still a placeholder'

  test.each<[field: string, value: unknown, wrong: string]>([
    ['title', undefined, 'is required'],
    ['title', '', 'must not be empty'],
    ['title', ' \t ', 'must not be empty'],
    ['title', 'x'.repeat(121), 'must have at most 120 characters'],
    ['title', 'two\nlines', titleWrong],
    ['title', 'a bell \u0007 in it', titleWrong],
    ['title', 'a turn \u202e in it', titleWrong],
    ['title', 'half \ud83d of a sign', titleWrong],
    ['title', ['Operators'], notText],
    ['group', 'Payments operators', 'must be a GUID'],
    ['group', '', 'must be a GUID'],
    ['group', null, notText],
    ['group', 7, notText],
    ['group', '<group id>', placeholder],
    ['group', '$(GROUP_ID)', placeholder],
    ['group', ['$', '{GROUP_ID}'].join(''), placeholder],
    ['group', '{{ .Values.operators }}', placeholder],
    ['role', '', roleWrong],
    ['role', 'Payments Operate', roleWrong],
    ['role', '.default', roleWrong],
    ['role', 'Zahlungen.Prüfen', roleWrong],
    ['role', 'back\\slash', roleWrong],
    ['role', 'x'.repeat(121), roleWrong],
    ['role', '<role>', placeholder],
    ['role', ['Payments.Operate'], notText],
    ['context', 'c0', 'must be c1 to c99'],
    ['context', 'c100', 'must be c1 to c99'],
    ['context', '2', 'must be c1 to c99'],
    ['context', 2, notText],
    ['selfService', 'off', 'must be true or false, without quotes'],
    ['selfService', null, 'must be true or false, without quotes'],
  ])('%s: %j', (field, value, wrong) => {
    expect(wrongs(withGates({ ...operators, [field]: value }))).toEqual([
      `GATES_FILE gate "operators": ${field} ${wrong}`,
    ])
  })

  test.each<[name: unknown, wrong: string]>([
    [undefined, 'is required'],
    ['', nameWrong],
    ['2nd', nameWrong],
    ['-a', nameWrong],
    ['Operators', nameWrong],
    ['on call', nameWrong],
    ['opérateurs', nameWrong],
    ['x'.repeat(41), nameWrong],
    [5, notText],
    ...['members', 'administrators', 'auditors', 'signed-in'].map((name): [string, string] => [name, nameTaken]),
  ])('name: %j, by its position', (name, wrong) => {
    expect(wrongs(withGates(gateNumber(5), { ...operators, name }))).toEqual([`GATES_FILE gate 2: name ${wrong}`])
  })

  test('neither a group nor a role', () => {
    const { group: _absent, ...rest } = operators
    expect(wrongs(withGates(rest))).toEqual(['GATES_FILE gate "operators": group or role is required'])
  })

  test.each([null, 5, 'operators', [], true])('%j is no gate', raw => {
    expect(wrongs(withFile(JSON.stringify({ gates: [operators, raw] })))).toEqual([
      'GATES_FILE gate 2: must be an object',
    ])
  })

  test.each([
    ['groupId', 'group'],
    ['Title', 'title'],
    ['contextId', 'context'],
    ['selfservice', 'selfService'],
  ])('a field that does not exist, %s, with %s as the nearest', (field, nearest) => {
    expect(wrongs(withGates({ ...operators, [field]: 'x' }))).toEqual([
      `GATES_FILE gate "operators": ${field} is not a field; the nearest is ${nearest}`,
    ])
  })

  test('a field that every object of JavaScript has', () => {
    const text = JSON.stringify({ gates: [operators] }).replace(
      '"title"',
      '"__proto__":{"title":"x"},"constructor":1,"title"',
    )
    expect(wrongs(withFile(text))).toEqual([
      expect.stringMatching(/^GATES_FILE gate "operators": (__proto__ is not a field|has a field that does not exist)/),
      expect.stringMatching(/^GATES_FILE gate "operators": constructor is not a field/),
    ])
  })

  test('a line says by an example how to write the field', () => {
    expect(faultsOf(withGates({ ...operators, group: 'x' }))).toEqual([
      'GATES_FILE gate "operators": group must be a GUID. Example: "group": "eeeeeeee-ffff-4000-8111-222222222222"',
    ])
  })
})

test('all faults are told at once, gate by gate, in one line each', () => {
  const lines = wrongs({
    ...withGates(
      { name: 'one', title: '', group: 'x', context: 'c0' },
      { title: 'Two', role: 'a b', rolle: 'R' },
      { ...operators, selfService: 1 },
    ),
    PORT: 'x',
    REDIS_URL: '',
  })
  expect(lines.map(line => line.split(/ (?:must|is) /)[0])).toEqual([
    'PORT',
    'GATES_FILE gate "one": title',
    'GATES_FILE gate "one": group',
    'GATES_FILE gate "one": context',
    'GATES_FILE gate 2: name',
    'GATES_FILE gate 2: role',
    'GATES_FILE gate 2: rolle',
    'GATES_FILE gate "operators": selfService',
    'REDIS_URL',
  ])
})

describe('two gates', () => {
  test('may not have one name', () => {
    const [one, two] = [gateNumber(1), gateNumber(2)]
    expect(wrongs(withGates({ ...one, name: 'same' }, operators, { ...two, group: group(2), name: 'same' }))).toContain(
      'GATES_FILE gate 3: name is that of gate 1 too, "same": give each gate a name of its own',
    )
  })

  test('may not have one group', () => {
    expect(wrongs(withGates(operators, { ...gateNumber(2), group: operators.group.toUpperCase() }))).toEqual([
      'GATES_FILE gate "gate-2": group is that of gate "operators" too: give each gate a group of its own',
    ])
  })

  test('may not have one role', () => {
    expect(wrongs(withGates({ ...operators, role: 'R' }, { ...gateNumber(2), role: 'R' }))).toEqual([
      'GATES_FILE gate "gate-2": role is that of gate "operators" too: give each gate a role of its own',
    ])
  })

  test('may not have one group where the other is set by itself', () => {
    expect(wrongs({ ...withGates({ ...operators, group: group(91) }), AUDITOR_GROUP_ID: group(91) })).toEqual([
      'GATES_FILE gate "operators": group is that of the gate "auditors" (AUDITOR_GROUP_ID) too: give each gate a group of its own',
    ])
  })

  test('may not have one role where the other is ACCESS_ROLE', () => {
    expect(wrongs({ ...withGates({ ...operators, role: 'R' }), ACCESS_ROLE: 'R' })).toEqual([
      'GATES_FILE gate "operators": role is that of the gate "members" (ACCESS_ROLE) too: give each gate a role of its own',
    ])
  })

  test('have two roles where only the case of letters differs', () => {
    expect(wrongs(withGates({ ...operators, role: 'r' }, { ...gateNumber(2), role: 'R' }))).toEqual([])
  })

  test('that share a group are told also where another field is wrong', () => {
    expect(wrongs(withGates({ ...operators, title: '' }, { ...gateNumber(2), group: operators.group }))).toEqual([
      'GATES_FILE gate "operators": title must not be empty',
      'GATES_FILE gate "gate-2": group is that of gate "operators" too: give each gate a group of its own',
    ])
  })
})

describe('the number of gates', () => {
  const tooMany = 'GATES_FILE names a file with too many gates: 21 in all, with those of other settings, and 20 at most'

  test('may be 20, with members', () => {
    expect(loadConfig(withFile(gateNumbers(19))).gates).toHaveLength(20)
  })

  test('may not be 21, with members', () => {
    expect(wrongs(withFile(gateNumbers(20)))).toEqual([tooMany])
  })

  const others = { ADMIN_GROUP_ID: group(91), AUDITOR_GROUP_ID: group(92) }
  test('may be 20, with administrators and auditors', () => {
    expect(loadConfig({ ...withFile(gateNumbers(17)), ...others }).gates).toHaveLength(20)
  })

  test('may not be 21, with administrators and auditors', () => {
    expect(wrongs({ ...withFile(gateNumbers(18)), ...others })).toEqual([tooMany])
  })
})

describe('the file', () => {
  test.each([
    ['is empty', ' \n', 'names a file that cannot be read (it is empty)'],
    ['is no JSON', 'gates: []', 'names a file that is not JSON'],
    ['breaks off', '{"gates":[', 'names a file that is not JSON'],
    ['has a comment', '// ours\n{"gates":[]}', 'names a file that is not JSON'],
    ...['null', '5', '"gates"', '[]', '{}', `[${JSON.stringify(operators)}]`, '{"gates":{}}', '{"gates":null}'].map(
      (text): [string, string, string] => [
        `holds ${text}`,
        text,
        'names a file that holds no object with a list "gates"',
      ],
    ),
    ['has no gate', '{"gates":[]}', 'names a file without a gate: write one, or leave GATES_FILE out'],
    [
      'has a field that does not exist',
      JSON.stringify({ gates: [operators], gate: [] }),
      'gate is not a field; the nearest is gates',
    ],
  ])('that %s is refused', (_what, text, wrong) => {
    expect(wrongs(withFile(text))).toEqual([`GATES_FILE ${wrong}`])
  })

  test('that is not there is refused', () => {
    expect(wrongs({ ...good, GATES_FILE: join(folder, 'nothing-here') })).toEqual([
      'GATES_FILE names a file that cannot be read (ENOENT)',
    ])
  })

  test('that cannot be read is explained by the example of a path', () => {
    const [line] = faultsOf({ ...good, GATES_FILE: join(folder, 'nothing-here') })
    expect(line).toMatch(/\. Example: \/etc\/gatehouse\/gates\.json$/)
  })

  test('that is no JSON is explained by an example that would be taken', () => {
    const [line = ''] = faultsOf(withFile('no JSON'))
    expect(faultsOf(withFile(line.slice(line.indexOf('{'))))).toEqual([])
  })

  test('that is a folder is refused', () => {
    expect(wrongs({ ...good, GATES_FILE: folder })).toEqual(['GATES_FILE names a file that cannot be read (EISDIR)'])
  })

  test.each(['{"gates":[]}', '[{"name":"operators"}]'])('is named, not written out as %s', text => {
    expect(wrongs({ ...good, GATES_FILE: text })).toEqual(['GATES_FILE must be the name of a file, not what is in it'])
  })

  test("may begin with an editor's mark and end with line breaks", () => {
    expect(faultsOf(withFile(`\uFEFF${JSON.stringify({ gates: [operators] }, undefined, 2)}\r\n\n`))).toEqual([])
  })

  test('is not read where its name is given twice', () => {
    const settings = { ...withFile('no JSON'), GATES_FILE_FILE: path }
    expect(wrongs(settings)).toEqual(['GATES_FILE is given twice: keep GATES_FILE or GATES_FILE_FILE'])
  })
})

describe('no line repeats a value of the file', () => {
  const canary = 'c4n4ry-Xy7~9Q'
  test.each<[what: string, text: string]>([
    ['that is no JSON', canary],
    ['that breaks off', `{"gates":[{"name":"${canary}`],
    ['that is text', `"${canary}"`],
    ['that has secrets in place of gates', JSON.stringify({ [canary]: canary, gates: canary })],
    ['whose gates are text', JSON.stringify({ gates: [canary] })],
    [
      'whose fields are wrong',
      JSON.stringify({
        gates: [
          { name: canary, title: [canary], group: canary, role: `${canary} `, context: canary, selfService: canary },
        ],
      }),
    ],
    ['whose fields do not exist', JSON.stringify({ gates: [{ ...operators, [canary]: 1 }] })],
    [
      'whose roles are shared',
      JSON.stringify({
        gates: [
          { ...operators, role: canary },
          { ...gateNumber(2), role: canary },
        ],
      }),
    ],
  ])('%s', (_what, text) => {
    const lines = faultsOf(withFile(text))
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.join('\n')).not.toMatch(/c4n4ry/i)
  })
})

describe('the group of a gate that is another id is warned about', () => {
  test.each([
    ['ADMIN_GROUP_ID', 'ENTRA_TENANT_ID'],
    ['AUDITOR_GROUP_ID', 'ENTRA_CLIENT_ID'],
  ] as const)('%s as %s', (name, other) => {
    expect(doubtfulSettings(loadConfig({ ...good, [name]: good[other] }))).toEqual([
      `${name} is the same as ${other}: one of them is of something else`,
    ])
  })

  test('a gate in the file as ENTRA_CLIENT_ID', () => {
    expect(doubtfulSettings(loadConfig(withGates({ ...operators, group: good.ENTRA_CLIENT_ID })))).toEqual([
      'GATES_FILE gate "operators": group is the same as ENTRA_CLIENT_ID: one of them is of something else',
    ])
  })
})

describe('the page of the settings', () => {
  const page = documents['docs/settings.md'] ?? ''
  const [example = '', ...more] = blocksIn(page).flatMap(({ language, text }) => (language === 'json' ? [text] : []))

  test('has one example of the file', () => {
    expect(more).toEqual([])
  })

  test('has an example that is taken', () => {
    expect(faultsOf(withFile(example))).toEqual([])
  })

  test('explains each field of a gate, and no other', () => {
    const table = page.slice(page.indexOf('| field |'), page.indexOf('- There are at most 20 gates'))
    const explained = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field)
    const used = (JSON.parse(example) as { gates: object[] }).gates.flatMap(gate => Object.keys(gate))
    expect(explained).toEqual(['name', 'title', 'group', 'role', 'context', 'selfService'])
    expect([...new Set(used)].toSorted()).toEqual(explained.toSorted())
  })
})
