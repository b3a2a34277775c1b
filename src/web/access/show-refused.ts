import type { Request, Response } from 'express'
import { membersGate } from '../../config/gates.ts'
import type { Config } from '../../config/load.ts'
import type { ProblemFacts } from '../../errors.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import type { Gates } from '../../gate/gates.ts'
import type { Offer } from '../../pim/answers.ts'
import { atGate } from '../../session/record/at-gate.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import { formPathIn } from '../kept-form/path.ts'
import { turningOnPath, whoOf } from '../request.ts'
import type { Chrome } from '../shell/chrome.ts'
import { instantOf } from '../shell/instant.ts'
import { show } from '../shell/layout.ts'
import type { Navigation } from '../shell/navigation.ts'
import { retryAfterSeconds } from '../shell/notice.ts'
import { createOneTimeNotices, type NoticeNeeds } from '../shell/one-time-notice.ts'
import { sendOn } from '../sign-in/after-form.ts'
import { doorGate } from './circumstances.ts'
import { accessEnd } from './how-access-ended.ts'
import { offerModel } from './offer-model.ts'
import { type SelfServiceNeeds, selfServiceOf } from './part.ts'

/** The page of the Entra admin center where eligible people turn on a membership: PIM, My roles, Groups. */
const pimBlade = '/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadgroup'

export type ShowRefusedNeeds = SelfServiceNeeds &
  NoticeNeeds & {
    chrome: Chrome
    navigation: Navigation
    config: Pick<Config, 'baseUrl' | 'cloud'>
    gates: Gates
  }

type Refused = { facts: ProblemFacts; record: SessionRecord; returnTo: string }

/** Shows somebody whose access is off at a gate what they can do there. `returnTo` is the path that opens once access is on. */
export const createShowRefused =
  ({ gates, selfService, chrome, navigation, clock, seal, config: { baseUrl, cloud } }: ShowRefusedNeeds) =>
  async (request: Request, response: Response, { facts, record, returnTo }: Refused): Promise<void> => {
    const { identity } = record
    const { gateName, offer } = await nearestOffer({ selfService }, facts, whoOf(record, request, response))
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
      comment: ended?.comment ?? '',
      offer: offer && offerModel(offer, { ...about, ...again }),
      keptFrom: keptFrom(returnTo),
      pimUrl: `${cloud.adminCenter}${pimBlade}`,
      returnTo,
      reference,
    }
    const nav = navigation({ isIn: each => each !== gateName && gates.isIn(record, each) })
    if (offer?.kind === 'cannot-tell') response.setHeader('Retry-After', String(retryAfterSeconds))
    response.status(403)
    const title = refusedTitle(offer)
    const notice = createOneTimeNotices({ seal, clock }).shownTo(request)
    show(response, { chrome, person: { name, username }, title, page: 'refused', model, nav, notice })
  }
export type ShowRefused = ReturnType<typeof createShowRefused>

/** What the person can do at the gate that refused, or else at the first other gate of the page at which they can do anything. */
async function nearestOffer(needs: SelfServiceNeeds, { gate = membersGate, otherGates = [] }: ProblemFacts, who: Who) {
  const offerAt = async (gateName: string) => ({
    gateName,
    offer: await selfServiceOf(needs, gateName)?.access.offer(who),
  })
  const refused = await offerAt(gate)
  if (isUsable(refused)) return refused
  for (const gateName of otherGates) {
    const other = await offerAt(gateName)
    if (isUsable(other)) return other
  }
  return refused
}
const isUsable = ({ offer }: { offer: Offer | undefined }) => offer !== undefined && offer.kind !== 'not-eligible'

const refusedTitle = (offer: Offer | undefined) =>
  offer?.kind === 'waiting' ? 'Waiting for approval' : 'Access is off'

/** The path of the page whose form is kept at this address; undefined where no form is kept. */
const keptFrom = (returnTo: string) => (returnTo.includes('draft=') ? formPathIn(returnTo) : undefined)
