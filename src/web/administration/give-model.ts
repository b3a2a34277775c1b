import type { AccessKind } from '../../entra/pim/giving-rules.ts'
import { type Length, lengthsOver } from '../../pim/administration/ends.ts'
import { longestInWords } from '../../pim/administration/form.ts'
import type { GateRules, GivingForm } from '../../pim/administration/giving.ts'

const labels: Record<AccessKind, string> = {
  eligible: 'Can turn it on when needed',
  active: 'On from now until the end',
}

/** The form for giving access, as `form/field` writes its fields. */
export function giveForm({ typed, errors, gates, problem }: GivingForm, { reference }: { reference: string }) {
  const found = (['who', 'gate', 'kind', 'until', 'reason', 'ticket'] as const).flatMap(field => {
    const text = errors[field]
    return text ? [{ field: field === 'until' ? lengthField(typed.kind) : field, text }] : []
  })
  const error = (field: string) => found.find(each => each.field === field)?.text ?? ''
  const lengths = lengthsOver(gates.filter(({ gate }) => !typed.gate || gate === typed.gate).map(({ rules }) => rules))
  const lengthsOf = (kind: AccessKind, label: string) => {
    const { choices, proposed } = lengths[kind]
    const options = choices.map(length => ({ value: String(length), label: spokenLength(length) }))
    const wanted = options.find(({ value }) => value === typed[`${kind}For`])
    const name = `${kind}For`
    const value = wanted?.value ?? String(proposed)
    return { kind: 'select', name, label, options, value, error: error(name), belongsTo: kind }
  }
  const kind = typed.kind === 'active' ? 'active' : 'eligible'
  return {
    problem: problem?.sentence ?? '',
    reference: problem ? reference : '',
    errors: found,
    onlyGate: gates.length === 1 ? gates[0] : undefined,
    fields: [
      {
        ...{ kind: 'lines', name: 'who', label: 'Person', isRequired: true },
        hint: 'A name, an address or an object id. For several people, one a line.',
        ...{ value: typed.who, error: error('who') },
      },
      ...(gates.length > 1 ? [gateField(gates, typed.gate, error('gate'))] : []),
      {
        ...{ kind: 'radios', name: 'kind', label: 'How', isDown: true, value: kind, error: error('kind') },
        options: [
          { value: 'eligible', label: labels.eligible, hint: 'For a while, with a reason, after a passkey.' },
          { value: 'active', label: labels.active, hint: 'This skips the passkey and approval each time.' },
        ],
      },
      lengthsOf('eligible', 'How long they can turn it on'),
      lengthsOf('active', 'How long it is on'),
      {
        ...{ kind: 'day', name: 'untilDate', label: 'Or until the end of a day (UTC)', isShort: true },
        ...{ hint: 'Instead of a length.', value: typed.untilDate, error: '' },
      },
      {
        ...{ kind: 'lines', name: 'reason', label: 'Reason', isRequired: true, maxLength: 500 },
        hint: 'People who review access will read it. Say why they get it and who agreed.',
        ...{ value: typed.reason, error: error('reason') },
      },
      {
        ...{ kind: 'text', name: 'ticket', label: 'Ticket', isShort: true, maxLength: 100 },
        ...{ value: typed.ticket, error: error('ticket'), isRequired: needsTicket(gates, typed.gate, kind) },
      },
    ],
  }
}

const lengthField = (kind: string) => (kind === 'active' ? 'activeFor' : 'eligibleFor')

const gateField = (gates: readonly GateRules[], value: string, error: string) => ({
  ...{ kind: 'select', name: 'gate', label: 'Access to', value, error },
  options: gates.map(({ gate, title }) => ({ value: gate, label: title })),
})

const needsTicket = (gates: readonly GateRules[], gate: string, kind: AccessKind): boolean =>
  gates.filter(each => !gate || each.gate === gate).every(({ rules }) => rules[kind].ticket)

const spokenLength = (length: Length): string => (length === 'none' ? 'Without an end' : longestInWords(length))
