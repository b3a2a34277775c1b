import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { Visit } from '../page.ts'
import { chromeOf } from '../shell/chrome.ts'
import type { Circumstances } from './offer-model.ts'

export type AboutNeeds = { clock: Clock; config: Pick<Config, 'access' | 'environment' | 'pim' | 'baseUrl'> }

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
