import { z } from 'zod'
import { groupSettingOf } from './gates.ts'
import type { Config } from './load.ts'

/** A line for each setting that can be used, although its value is hardly what somebody meant. */
export function doubtfulSettings({ entra, gates }: Config): string[] {
  const { credential, tenantId, clientId } = entra
  const ids = { ENTRA_TENANT_ID: tenantId, ENTRA_CLIENT_ID: clientId }
  const groups = gates.flatMap(gate =>
    gate.groupId === undefined ? [] : [[groupSettingOf(gate), gate.groupId] as const],
  )
  return [...ofSecrets(credential), ...alike([...Object.entries(ids), ...groups])]
}

const ofSecrets = (credential: Config['entra']['credential']) =>
  credential.kind === 'secret' && credential.secrets.some(secret => z.guid().safeParse(secret.reveal()).success)
    ? [
        'ENTRA_CLIENT_SECRET is a GUID, as a Secret ID is: what is needed is the Value, which is shown once, when the secret is made',
      ]
    : []

const alike = (ids: readonly (readonly [name: string, id: string])[]) =>
  ids.flatMap(([name, id], index) => {
    const before = ids.slice(0, index).find(([, other]) => other === id)
    return before ? [`${name} is the same as ${before[0]}: one of them is of something else`] : []
  })
