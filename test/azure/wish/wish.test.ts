import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { exampleWish } from '../../../infra/azure/wish/example.ts'
import { lineOfFault } from '../../../infra/azure/wish/fault.ts'
import { everyField, exampleOfField } from '../../../infra/azure/wish/fields.ts'
import { readWish } from '../../../infra/azure/wish/read-wish.ts'
import { tenantWish } from '../../../infra/azure/wish/tenant-wish.ts'

const now = new Date('2026-11-29T12:00:00Z')
// biome-ignore lint/suspicious/noExplicitAny: a test writes into it what no type allows
type Raw = any
const read = (change: (wish: Raw) => void = () => undefined) => {
  const wish: Raw = structuredClone(exampleWish(now))
  change(wish)
  return readWish(JSON.stringify(wish), now)
}
const linesOf = (change: (wish: Raw) => void): string[] => {
  const found = read(change)
  return 'faults' in found ? found.faults.map(lineOfFault) : []
}
const warningsOf = (change: (wish: Raw) => void): readonly string[] => {
  const found = read(change)
  return 'faults' in found ? found.faults.map(lineOfFault) : found.warnings
}

test('the example is free of faults, and nothing in it is doubtful', () => {
  expect(read()).toMatchObject({ wish: { name: 'Gatehouse' }, warnings: [] })
})

test('what is left out has its usual value', () => {
  const wish = {
    tenant: '11111111-2222-4333-8444-555555555555',
    name: 'Gatehouse',
    baseUrl: 'http://localhost:3000',
    frontDoor: 'strict',
    emergency: { users: ['emergency@contoso.example'] },
    gates: [{ name: 'members', group: 'Payments administrators' }],
    credential: { kind: 'secret' },
  }
  expect(readWish(JSON.stringify(wish), now)).toMatchObject({
    wish: {
      cloud: 'global',
      owners: [],
      contexts: [],
      gates: [
        { protection: 'role-assignable', activation: { hours: 8, justification: true, ticket: false, notify: [] } },
      ],
      features: { roster: false, selfService: false, administration: false },
      credential: { months: 6 },
    },
  })
})

test('all faults come at once, each with its path, what is wrong and an example', () => {
  expect(
    linesOf(wish => {
      delete wish.name
      wish.tenant = 'contoso'
      wish.gates[0].activation.hours = 25
      wish.contexts[1].id = 'c100'
      wish.owners = 'ada@contoso.example'
    }),
  ).toEqual([
    'tenant: must be a GUID, e.g. "11111111-2222-4333-8444-555555555555"',
    'name: is required, e.g. "Gatehouse"',
    'owners: must be a list, in [ ], e.g. ["ada@contoso.example"]',
    'contexts[1].id: must be one of c1 to c99, e.g. "c1"',
    'gates[0].activation.hours: must be from 0.5 to 24, e.g. 8',
    ...[1, 2].flatMap(gate => [
      `gates[${gate}].context: is c2, which is not among contexts (c1, c100), e.g. "c1"`,
      `gates[${gate}].activation.context: is c2, which is not among contexts (c1, c100), e.g. "c1"`,
    ]),
  ])
})

const faults: [what: string, change: (wish: Raw) => void, lines: string[]][] = [
  [
    'an unknown field, with the nearest',
    wish => Object.assign(wish, { baseURL: 'https://x.example' }),
    ['baseURL: is not a field; the nearest is baseUrl, e.g. "baseUrl": "https://admin.example.com"'],
  ],
  [
    'an unknown field far inside',
    wish => Object.assign(wish.gates[0].activation, { justifcation: true }),
    ['gates[0].activation.justifcation: is not a field; the nearest is justification, e.g. "justification": true'],
  ],
  [
    'administrators without a context',
    wish => delete wish.gates[1].context,
    [
      'gates[1].context: is required for administrators: PIM cannot ask for a context when somebody gives access, so the application must, e.g. "c2"',
    ],
  ],
  [
    'the strict front door with self-service',
    wish => {
      wish.frontDoor = 'strict'
      delete wish.standingGroup
    },
    [
      'features.selfService: cannot be on with the strict front door: Entra lets only members of the gate groups sign in, so nobody could come to the page that turns on access, e.g. false',
    ],
  ],
  [
    'the helpful front door without its group',
    wish => delete wish.standingGroup,
    [
      'standingGroup: is required with the helpful front door: people who may turn on access sign in through it, e.g. "Gatehouse sign-in"',
    ],
  ],
  [
    'no emergency accounts',
    wish => {
      wish.emergency = {}
    },
    [
      'emergency: names nobody: without emergency accounts outside the policies, one mistake locks everybody out of the tenant, e.g. { "group": "Emergency access" }',
    ],
  ],
  [
    'emergency accounts left out',
    wish => delete wish.emergency,
    ['emergency: is required, e.g. { "group": "Emergency access" }'],
  ],
  [
    'an end that has passed',
    wish => {
      wish.gates[0].eligible[0].until = '2026-11-28'
    },
    ['gates[0].eligible[0].until: is not in the future'],
  ],
  [
    'an active assignment without an end',
    wish => delete wish.gates[0].active[0].until,
    ['gates[0].active[0].until: is required for an active assignment, or "permanent": true, e.g. "2027-11-29"'],
  ],
  [
    'an end and none',
    wish => Object.assign(wish.gates[0].active[0], { permanent: true }),
    ['gates[0].active[0].permanent: contradicts until: keep one of the two, e.g. false'],
  ],
  [
    'a group in a group',
    wish => Object.assign(wish.gates[0].eligible[0], { group: 'Payments staff' }),
    [
      'gates[0].eligible[0].group: names a group: assignments take people only, because Entra assigns an application to the direct members of a group, and a role-assignable group takes no group as a member',
    ],
  ],
  [
    'a group of two gates',
    wish => {
      wish.gates[2].group = 'payments Administrators'
    },
    ['gates[2].group: is payments Administrators, as gates[0].group is already: each must be another'],
  ],
  [
    'a policy of two contexts',
    wish => {
      wish.contexts[1].policy = wish.contexts[0].policy
    },
    [
      'contexts[1].policy: is Privileged access: phishing-resistant sign-in, as contexts[0].policy is already: each must be another',
    ],
  ],
  [
    'a person twice',
    wish => wish.gates[0].eligible.push({ ...wish.gates[0].eligible[0], person: 'BEN@contoso.example' }),
    [
      'gates[0].eligible[1].person: is ben@contoso.example, as gates[0].eligible[0].person is already: each must be another',
    ],
  ],
  [
    'too many gates',
    wish => {
      for (let n = 3; n < 21; n++)
        wish.gates.push({ name: `gate-${n}`, group: `Group ${n}`, activation: { context: 'c1' } })
    },
    ['gates: has 21 gates; at most 20 are possible, e.g. [{ "name": "members", "group": "Payments administrators" }]'],
  ],
  [
    'no gate for members',
    wish => {
      wish.gates[0].name = 'operators'
    },
    [
      'gates: has no gate "members": every Gatehouse has it, e.g. [{ "name": "members", "group": "Payments administrators" }]',
    ],
  ],
  [
    'approvers that are nobody',
    wish => {
      wish.gates[0].activation.approvers = {}
    },
    [
      'gates[0].activation.approvers: names nobody, so nobody could approve: leave it out, or name somebody, e.g. { "users": ["lena@contoso.example"] }',
    ],
  ],
  [
    'administration without administrators',
    wish => {
      wish.gates.splice(1, 1)
    },
    ['features.administration: needs a gate "administrators", e.g. false'],
  ],
  [
    'self-service at a gate alone',
    wish => {
      wish.features.selfService = false
      wish.gates[1].selfService = wish.gates[2].selfService = false
    },
    ['gates[0].selfService: needs features.selfService to be true, e.g. false'],
  ],
]

describe('refused', () => {
  test.each(faults)('%s', (_what, change, lines) => expect(linesOf(change)).toEqual(lines))

  test('what is not JSON, with its line', () => {
    expect(readWish('{\n  "tenant": 1,\n}', now)).toEqual({
      faults: [
        { path: '', wrong: 'is not JSON (line 3): no comments, no comma behind the last one, texts in "quotes"' },
      ],
    })
  })
})

const doubts: [what: string, change: (wish: Raw) => void, start: string][] = [
  [
    'more than a working day',
    wish => Object.assign(wish.gates[0].activation, { hours: 8.5 }),
    'gates[0].activation.hours: 8.5 hours',
  ],
  [
    'a group that nothing protects',
    wish => Object.assign(wish.gates[0], { protection: 'none' }),
    'gates[0].protection: none',
  ],
  [
    'a group that PIM will not manage',
    wish => Object.assign(wish.gates[0], { protection: 'restricted-unit' }),
    'gates[0].protection: Microsoft',
  ],
  [
    'administrators whom a session answers for',
    wish => Object.assign(wish.contexts[1], { everyTime: false }),
    'contexts[1].everyTime: false',
  ],
  ['nobody to own it', wish => Object.assign(wish, { owners: [] }), 'owners: nobody'],
]
test.each(doubts)('a line for %s, and it is read all the same', (_what, change, start) => {
  expect(warningsOf(change)).toEqual([expect.stringContaining(start)])
})

test('a day means its end, in UTC', () => {
  expect(
    read(wish => {
      wish.gates[0].active[0].until = '2027-05-31'
    }),
  ).toMatchObject({ wish: { gates: [{ active: [{ until: '2027-05-31T23:59:59Z' }] }, {}, {}] } })
})

test('every field has an example, and every example a field', () => {
  expect(everyField().toSorted()).toEqual(fieldsOf(tenantWish, '').toSorted())
  for (const field of everyField()) expect(() => JSON.parse(exampleOfField(field) as string), field).not.toThrow()
})

function fieldsOf(schema: z.ZodType, path: string): string[] {
  const { def } = schema as unknown as {
    def: {
      type: string
      shape: Record<string, z.ZodType>
      innerType: z.ZodType
      element: z.ZodType
      options: z.ZodType[]
    }
  }
  if (def.type === 'object')
    return Object.entries(def.shape).flatMap(([name, field]) => {
      const at = path === '' ? name : `${path}.${name}`
      return [at, ...fieldsOf(field, at)]
    })
  if (def.type === 'array') return [`${path}[]`, ...fieldsOf(def.element, `${path}[]`)]
  if (def.type === 'union') return [...new Set(def.options.flatMap(option => fieldsOf(option, path)))]
  return def.innerType ? fieldsOf(def.innerType, path) : []
}

test('one person has one name, however it is written', () => {
  const found = read(wish => {
    wish.owners = ['Ada@Contoso.example']
  })
  expect(found).toMatchObject({ wish: { owners: ['ada@contoso.example'] } })
})

test('a name is one line, because settings are lines', () => {
  const lines = linesOf(wish => {
    wish.gates[0].title = 'x\nADMIN_GROUP_ID=5'
  })
  expect(lines).toEqual([expect.stringContaining('gates[0].title: must be one line')])
})

test('a day that no calendar has is refused', () => {
  const lines = linesOf(wish => {
    wish.gates[0].eligible[0].until = '2027-02-31'
  })
  expect(lines).toEqual([expect.stringContaining('gates[0].eligible[0].until: must be a day')])
})

describe('a file as shells write it', () => {
  const text = JSON.stringify(exampleWish(now))
  test('is read with the mark of UTF-8 before it', () => {
    expect(readWish(`\uFEFF${text}`, now)).toHaveProperty('wish')
  })
  test.each([
    [
      'is told where Windows PowerShell wrote UTF-16',
      Buffer.from(`\uFEFF${text}`, 'utf16le').toString('utf8'),
      /UTF-8/,
    ],
    ['is told where npm wrote into it', `\n> gatehouse@0.1.0 setup\n> exec node\n\n${text}`, /npm run setup --silent/],
  ])('%s', (_what, written, wrong) => {
    expect(readWish(written, now)).toEqual({ faults: [{ path: '', wrong: expect.stringMatching(wrong) }] })
  })
})
