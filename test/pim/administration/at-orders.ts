import { type AuditRecord, createTrail } from '../../../src/audit/trail.ts'
import type { PimAdministration } from '../../../src/entra/pim/administration.ts'
import { defaultGivingRules } from '../../../src/entra/pim/giving-rules.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import { verdictOfThrown } from '../../../src/pim/acts/verdict.ts'
import { createCarryingOut, type Removals } from '../../../src/pim/administration/carrying-out.ts'
import { createLookingAtOrders } from '../../../src/pim/administration/looking.ts'
import type { Order, OrderAct } from '../../../src/pim/administration/order.ts'
import { createOrders, readyLine } from '../../../src/pim/administration/orders.ts'
import type { AsPerson } from '../../../src/pim/reading/as-person.ts'
import { inMemory } from '../../gate/property/in-memory.ts'

export const start = Date.parse('2026-03-02T12:00:00Z')
export const ada = {
  identity: { tenantId: 't', objectId: 'ada', subject: 's', name: 'Ada Nakamura', username: 'ada@contoso.example' },
  sessionId: 'session',
}
export const person = (key: string) => ({ objectId: key, name: key, username: `${key}@contoso.example` })
export const reason = 'Joins the refunds rota, agreed with Lee'
export const until = Date.parse('2026-05-31T12:00:00Z')

/** What PIM makes of an act. */
export const request = (status: PimRequest['status'], more: Partial<PimRequest> = {}): PimRequest => ({
  id: 'r-1',
  principalId: 'ben',
  action: 'adminassign',
  status,
  createdAt: start,
  reason,
  createdBy: { id: 'ada' },
  ...more,
})

/**
 * The parts that carry out orders, around a PIM that is made by hand: it grants whatever is asked for, and each test
 * changes what its sentence is about. Notes are kept in memory.
 */
export function openOrders(
  answers: Partial<PimAdministration> = {},
  {
    append = async () => {},
    asAdministrator = (_who, call) => call('a-token'),
    removals,
    mayGoOn,
  }: {
    append?: (record: AuditRecord) => Promise<void>
    asAdministrator?: AsPerson
    removals?: Removals
    mayGoOn?: () => Promise<boolean>
  } = {},
) {
  const asked: [act: string, asked: object][] = []
  const records: AuditRecord[] = []
  const granting = (act: string) => async (_token: string, wish: object) => {
    asked.push([act, wish])
    return request(act === 'remove' ? 'revoked' : 'provisioned', { id: `r-${asked.length}` })
  }
  const pim = {
    rules: async () => defaultGivingRules,
    assign: granting('assign'),
    update: granting('update'),
    extend: granting('extend'),
    remove: granting('remove'),
    requests: async () => [],
    held: async () => [],
    ...answers,
  } as PimAdministration
  let at = start
  const clock = () => new Date(at)
  const orders = createOrders({ notes: inMemory(), clock })
  const logged: unknown[] = []
  const needs = {
    clock,
    log: { info: (line: unknown) => void logged.push(line) } as never,
    orders,
    ada,
    asAdministrator,
    administrationAt: () => pim,
    trailAt: (gate: string) =>
      createTrail({
        gate,
        append: async record => {
          await append(record)
          records.push(record)
        },
        verdictOfThrown,
        onLost: () => {},
      }),
    removals,
    mayGoOn,
  }
  const carryOut = createCarryingOut(needs)
  const look = createLookingAtOrders(needs)
  const read = async () => (await orders.read(ada, 'order')) as Order

  return {
    orders,
    ada,
    asked,
    records,
    logged,
    carryOut: () => carryOut(ada, 'order'),
    look: async () => look(ada, await read()),
    read,
    lines: async () =>
      (await read()).lines.map(({ stage, problem }) => (problem ? `${stage}: ${problem.code}` : stage)),
    events: () => records.map(({ event, subject }) => `${event} ${(subject as { objectId: string }).objectId}`),
    begin: (people: readonly string[], what: OrderAct = 'assign', more: Partial<Order> = {}) =>
      orders.begin(ada, {
        id: 'order',
        gate: 'members',
        kind: 'eligible',
        until,
        reason,
        lines: people.map(key => readyLine({ person: person(key), what })),
        ...more,
      }),
    pass: (ms: number): void => {
      at += ms
    },
  }
}
