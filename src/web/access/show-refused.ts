import type { Request, Response } from 'express'
import type { Clock } from '../../clock.ts'
import { membersGate } from '../../config/gates.ts'
import type { Config } from '../../config/load.ts'
import type { ProblemFacts } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Gates } from '../../gate/gates.ts'
import type { Offer } from '../../pim/answers.ts'
import type { SelfService } from '../../pim/self-service.ts'
import { atGate } from '../../session/record/at-gate.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import { formPathIn } from '../kept-form/path.ts'
import { turningOnPath, whoOf } from '../request.ts'
import type { Chrome } from '../shell/chrome.ts'
import { instantOf } from '../shell/instant.ts'
import { show } from '../shell/layout.ts'
import type { Navigation } from '../shell/navigation.ts'
import { retryAfterSeconds } from '../shell/notice.ts'
import { sendOn } from '../sign-in/after-form.ts'
import { doorGate } from './circumstances.ts'
import { accessEnd } from './how-access-ended.ts'
import { offerModel } from './offer-model.ts'

/** The page of the Entra admin center where eligible people turn on a membership: PIM, My roles, Groups. */
const pimBlade = '/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadgroup'

export type ShowRefusedNeeds = {
  chrome: Chrome
  navigation: Navigation
  config: Pick<Config, 'baseUrl' | 'cloud'>
  clock: Clock
  gates: Gates
  selfService: readonly SelfService[]
}

type Refused = { facts: ProblemFacts; record: SessionRecord; returnTo: string }

/** Shows somebody whose access is off at a gate what they can do there. `returnTo` is the path that opens once access is on. */
export const createShowRefused =
  ({ gates, selfService, chrome, navigation, clock, config: { baseUrl, cloud } }: ShowRefusedNeeds) =>
  async (request: Request, response: Response, { facts, record, returnTo }: Refused): Promise<void> => {
    const { identity } = record
    const { gateName, offer } = await nearestOffer(selfService, facts, whoOf(record, request, response))
    const { title: groupName, settings } = gates.named(gateName)
    const gate = doorGate(gateName)
    if (offer?.kind === 'turning-on' || offer?.kind === 'on')
      return sendOn(request, response, turningOnPath(returnTo, gate))
    const now = clock()
    const { name, username } = identity
    const { environmentName } = chrome
    const { reference } = response.locals
    const ended = accessEnd(
      { facts: gateName === facts.gate ? facts : {}, record: atGate(record, gateName), lastUse: offer?.lastUse },
      now,
    )
    const named = gates.all.length > 1 ? groupName : ''
    const about = { now, groupName, named, gate, environmentName, name, username, baseUrl, returnTo, reference }
    const prefill = { prefill: ended !== undefined, ...(ended && { button: 'Turn on again' }) }
    const again = offer?.kind === 'form' && !offer.form.needs.approval ? prefill : { prefill: prefill.prefill }
    const model = {
      name,
      username,
      groupName,
      gate,
      isRole: settings.groupId === undefined,
      askedAt: instantOf(now, now),
      endedAt: ended?.at,
      ranOut: ended?.how === 'ran-out',
      endedByYou: ended?.how === 'by-you',
      endedBy: ended?.by ?? '',
      offer: offer && offerModel(offer, { ...about, ...again }),
      keptFrom: keptFrom(returnTo),
      pimUrl: `${cloud.adminCenter}${pimBlade}`,
      returnTo,
      reference,
    }
    const nav = navigation({ isIn: each => each !== gateName && gates.isIn(record, each) })
    if (offer?.kind === 'cannot-tell') response.setHeader('Retry-After', String(retryAfterSeconds))
    response.status(403)
    show(response, { chrome, person: { name, username }, title: refusedTitle(offer), page: 'refused', model, nav })
  }
export type ShowRefused = ReturnType<typeof createShowRefused>

/** What the person can do at the gate that refused, or else at the first other gate of the page at which they can do anything. */
async function nearestOffer(selfService: readonly SelfService[], facts: ProblemFacts, who: Who) {
  const refused = facts.gate ?? membersGate
  const offerAt = (name: string) => selfService.find(({ gate }) => gate === name)?.access.offer(who)
  const offer = await offerAt(refused)
  if (offer && offer.kind !== 'not-eligible') return { gateName: refused, offer }
  for (const gateName of facts.otherGates ?? []) {
    const other = await offerAt(gateName)
    if (other && other.kind !== 'not-eligible') return { gateName, offer: other }
  }
  return { gateName: refused, offer }
}

const refusedTitle = (offer: Offer | undefined) =>
  offer?.kind === 'waiting' ? 'Waiting for approval' : 'Access is off'

/** The path of the page whose form is kept at this address; undefined where no form is kept. */
const keptFrom = (returnTo: string) => (returnTo.includes('draft=') ? formPathIn(returnTo) : undefined)
