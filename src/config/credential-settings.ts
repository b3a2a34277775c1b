import type { Certificate, Credential } from './credential.ts'
import type { Fault, Name, Values } from './given.ts'
import { textOf } from './given-text.ts'
import type { Secret } from './secret.ts'

const ofCredential = ['ENTRA_CLIENT_SECRET', 'ENTRA_CLIENT_CERTIFICATE', 'ENTRA_FEDERATED_TOKEN_FILE'] as const

/**
 * The faults of the settings of the credential together. There must be exactly one: with two, nobody could tell which
 * one has to be kept valid. `known` are the faults of settings by themselves.
 */
export function credentialFaults(values: Values, known: readonly Fault[]): Fault[] {
  const isKnown = (name: Name) => known.some(fault => fault.name === name)
  const [first, ...more] = ofCredential.filter(name => values[name] !== undefined || isKnown(name))
  if (first === undefined)
    return [{ name: ofCredential[0], wrong: `is required (or ${ofCredential[1]}, or ${ofCredential[2]})` }]
  const token = values.ENTRA_FEDERATED_TOKEN_FILE
  const isUnreadable = token !== undefined && textOf(token).why !== undefined
  const wrong = token?.startsWith('eyJ')
    ? 'must be the name of a file, not what is in it'
    : 'names a file that cannot be read or is empty'
  return [
    ...more.filter(name => !isKnown(name)).map(name => ({ name, wrong: `is given beside ${first}: keep one of them` })),
    ...(isUnreadable && more.length === 0 ? [{ name: ofCredential[2], wrong }] : []),
  ]
}

/** The one credential that is given, of the three kinds; undefined where there is none. */
export function credentialFrom(read: {
  ENTRA_CLIENT_SECRET?: readonly [Secret, ...Secret[]] | undefined
  ENTRA_CLIENT_CERTIFICATE?: Certificate | undefined
  ENTRA_FEDERATED_TOKEN_FILE?: string | undefined
}): Credential | undefined {
  if (read.ENTRA_CLIENT_SECRET) return { kind: 'secret', secrets: read.ENTRA_CLIENT_SECRET }
  if (read.ENTRA_CLIENT_CERTIFICATE) return { kind: 'certificate', certificate: read.ENTRA_CLIENT_CERTIFICATE }
  const file = read.ENTRA_FEDERATED_TOKEN_FILE
  return file === undefined ? undefined : { kind: 'federated', file }
}
