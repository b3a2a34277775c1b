import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { Visit } from '../page.ts'
import { returnPath } from '../request.ts'
import { chromeOf } from '../shell/notice.ts'
import type { Circumstances } from './offer-model.ts'

export type AboutNeeds = { clock: Clock; config: Pick<Config, 'access' | 'environment' | 'pim' | 'baseUrl'> }

const wishShape = z.object({ returnTo: z.string() })

/**
 * Where a form or an address wants to lead to afterwards; undefined when it does not say. The page on which people wait
 * leads on: to itself it would do so for ever.
 */
export function wantedReturn(form: unknown, { baseUrl }: Pick<Config, 'baseUrl'>): string | undefined {
  const { data } = wishShape.safeParse(form)
  const path = data && returnPath(data.returnTo, baseUrl)
  return path?.startsWith('/access/turning-on') ? '/' : path
}

/** What the words of a page depend on beside what it is about. */
export function circumstances(
  { person, reference }: Pick<Visit, 'person' | 'reference'>,
  { clock, config }: AboutNeeds,
  returnTo: string,
): Circumstances {
  const { groupName, environmentName } = chromeOf(config)
  const { name, username } = person
  return { now: clock(), groupName, environmentName, name, username, baseUrl: config.baseUrl, returnTo, reference }
}
