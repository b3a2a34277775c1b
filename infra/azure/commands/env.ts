import { dotenv } from '../env/dotenv.ts'
import type { Found } from '../env/found.ts'
import { findForSettings } from '../env/found-in-tenant.ts'
import { gatesFile, gatesOfFile } from '../env/gates-file.ts'
import { configMapSettings, secretManifest } from '../env/kubernetes.ts'
import { settingsOf } from '../env/settings.ts'
import { exits } from '../exits.ts'
import { addressesOfLocalTenant } from '../local-tenant.ts'
import type { Known } from '../model/known.ts'
import { makeSecret } from '../registration/secret-thing.ts'
import type { Given } from '../run/given.ts'
import type { Surroundings } from '../surroundings.ts'
import { type Command, Stop } from './command.ts'
import type { Options } from './options.ts'
import { prepare } from './prepare.ts'

/**
 * Prints the settings of the application that belong to tenant.json: as an `.env` file, or what Kubernetes or GATES_FILE
 * needs of them.
 */
export const printSettings: Command = async (options, around) => {
  checkOptions(options)
  const given = await prepare(options, around)
  const known = await findForSettings(given.wish, given.graph)
  const found: Found = {
    clientId: known.application?.appId as string,
    groups: known.groups,
    ...(options.local !== undefined && { local: addressesOfLocalTenant(options.local) }),
  }
  // What cannot be printed is known before there is a secret that nobody would see.
  const text = textOf(given, found, options)
  const isNew = options.newSecret && { secret: await newSecret(given, known, around) }
  around.print((isNew ? textOf(given, { ...found, ...isNew }, options) : text).trimEnd())
  return exits.fine
}

function textOf({ wish }: Given, found: Found, { kubernetes, configMap, gates }: Options): string {
  if (!gates) {
    const settings = settingsOf(wish, found)
    return kubernetes ? secretManifest(settings) : configMap ? configMapSettings(settings) : dotenv(settings)
  }
  if (gatesOfFile(wish).length > 0) return gatesFile(wish, found)
  throw new Stop(exits.failed, 'No gate needs GATES_FILE: settings of their own describe all of them.')
}

function checkOptions({ kubernetes, configMap, gates, newSecret }: Options): void {
  if ([kubernetes, configMap, gates].filter(Boolean).length > 1)
    throw new Stop(exits.usage, 'One output at a time: --kubernetes, --config-map or --gates.')
  if (newSecret && (configMap || gates))
    throw new Stop(exits.usage, 'A new secret would be lost: --config-map and --gates print no secrets.')
}

async function newSecret(given: Given, known: Known, { tell }: Surroundings): Promise<string> {
  const { credential } = given.wish
  if (credential.kind !== 'secret')
    throw new Stop(exits.usage, `The application proves itself by a ${credential.kind} credential: it needs no secret.`)
  const secret = await makeSecret(given, known, credential.months)
  tell('A new client secret stands in the settings, and nowhere else. The old ones stay good until they end.')
  return secret
}
