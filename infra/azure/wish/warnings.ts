import type { GateWish, TenantWish } from './tenant-wish.ts'

/** Above this many hours an activation outlives a working day. */
const longActivation = 8

/** What is allowed and doubtful, a line each. */
export function warningsOf(wish: TenantWish): string[] {
  return [
    ...wish.gates.flatMap((gate, index) => gateWarnings(gate, `gates[${index}]`)),
    ...contextWarnings(wish),
    ...ownerWarnings(wish),
  ]
}

function gateWarnings({ name, context, protection, activation }: GateWish, path: string): string[] {
  const { hours } = activation
  return [
    ...(hours > longActivation
      ? [`${path}.activation.hours: ${hours} hours outlive a working day; ${longActivation} are enough for most`]
      : []),
    ...(activation.context === undefined
      ? [`${path}.activation.context: absent, so whoever has the session of a person can turn on access at "${name}"`]
      : []),
    ...(context !== undefined && activation.context !== undefined && context !== activation.context
      ? [`${path}.context: ${context} is not that of activation, ${activation.context}: people are asked twice`]
      : []),
    ...(protection === 'none'
      ? [`${path}.protection: none, so any administrator of groups can add themselves to it`]
      : []),
    ...(protection === 'restricted-unit'
      ? [
          `${path}.protection: Microsoft says that PIM does not manage groups in a restricted unit; role-assignable protects as well, and works with PIM`,
        ]
      : []),
  ]
}

function contextWarnings({ contexts, gates }: TenantWish): string[] {
  const administrators = gates.find(({ name }) => name === 'administrators')
  return contexts.flatMap(({ id, everyTime }, index) =>
    administrators?.context === id && !everyTime
      ? [
          `contexts[${index}].everyTime: false, so administrators who give access may be let through by the session that their browser has`,
        ]
      : [],
  )
}

const ownerWarnings = ({ owners }: TenantWish): string[] =>
  owners.length === 0
    ? ['owners: nobody, so only administrators of the tenant can care for the registration and the groups']
    : []
