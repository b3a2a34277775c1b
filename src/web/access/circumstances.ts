import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { Visit } from '../page.ts'
import { chromeOf } from '../shell/chrome.ts'

/** Everything that the words of a page about access depend on, beside the access itself. `now` is the request's instant. */
export type Circumstances = {
  now: Date
  groupName: string
  environmentName: string
  name: string
  username: string
  baseUrl: string
  returnTo: string
  reference: string
  /** Whether the form proposes the last reason, because the same work goes on. */
  prefill?: boolean
  /** Where the form is sent, and the words on its button, where these are not those of turning on access. */
  action?: string
  button?: string
}

export type AboutNeeds = { clock: Clock; config: Pick<Config, 'access' | 'environment' | 'pim' | 'baseUrl'> }

/** The circumstances of one visit. `returnTo` is the path that its page leads on to. */
export function circumstances(
  { person, reference }: Pick<Visit, 'person' | 'reference'>,
  { clock, config }: AboutNeeds,
  returnTo: string,
): Circumstances {
  const { groupName, environmentName } = chromeOf(config)
  const { name, username } = person
  return { now: clock(), groupName, environmentName, name, username, baseUrl: config.baseUrl, returnTo, reference }
}
