import { z } from 'zod'
import type { StepUpAnswer, TurnOnAnswer } from '../../../pim/answers.ts'
import type { SelfService } from '../../../pim/self-service.ts'
import { type Circumstances, circumstances, doorGates, titlesOf } from '../../access/circumstances.ts'
import { turnOnForm } from '../../access/form-model.ts'
import { createMyAccessPage, type MyAccessNeeds } from '../../access/my-access-page.ts'
import { createServicesAt, servicesBeside } from '../../access/part.ts'
import { turnedOn } from '../../access/turn-on-reply.ts'
import { type Controller, type Reply, redirect, toEntra, type Visit } from '../../page.ts'
import { gatesNamed, turningOnPath, wantedReturn } from '../../request.ts'

/** The form for several gates: without a tick it is about none of them, and not about `members`. */
const togetherShape = z.object({ together: z.literal('yes') })
const typedShape = z.object({ reason: z.string().catch(''), ticket: z.string().catch('') })
const tickMissing = 'Tick at least one.'

type Answered<A extends TurnOnAnswer = TurnOnAnswer> = { service: SelfService; answer: A }
/** What was sent, the gates that were asked for before together with it, and the path to go on to. */
type Sent = { answers: readonly Answered[]; beside: readonly SelfService[]; returnTo: string }

/** Turns on access at one gate, or at several together: one reason, and one check for those that ask for the same. */
export default (needs: MyAccessNeeds): Controller => {
  const servicesAt = createServicesAt(needs)
  const showMyAccess = createMyAccessPage(needs)

  return async visit => {
    const isTogether = togetherShape.safeParse(visit.form).success
    if (isTogether && gatesNamed(visit.form).length === 0)
      return showMyAccess(visit, { ticked: [], problem: tickMissing, typed: typedShape.safeParse(visit.form).data })
    const services = servicesAt(visit.form)
    const beside = servicesBeside(needs, visit.form).filter(service => !services.includes(service))
    const returnTo = wantedReturn(visit.form, needs.config) ?? '/'
    const answers: Answered[] = []
    for (const service of services)
      answers.push({ service, answer: await service.access.turnOn(visit.who, visit.form, returnTo) })
    const [first] = answers as [Answered, ...Answered[]]
    const wrong = answers.find(isFormAgain)
    if (isTogether && answers.every(({ answer }) => answer.kind === 'form'))
      return formAgain(visit, services, wrong ?? first)
    const about = (service: SelfService) => circumstances(visit, needs, { ...service, returnTo })
    if (answers.length + beside.length === 1) return turnedOn(first.answer, about(first.service))
    if (wrong) return formOfRest({ answers, beside, returnTo }, wrong, about(wrong.service))
    return onTheirWay({ answers, beside, returnTo })
  }

  function formAgain(visit: Visit, services: readonly SelfService[], { service, answer }: Answered) {
    const offer = answer.kind === 'form' && answer.offer.kind === 'form' ? answer.offer.form : undefined
    const about = circumstances(visit, needs, { ...service, returnTo: '/' })
    return showMyAccess(visit, { ticked: services.map(({ gate }) => gate), form: offer && turnOnForm(offer, about) })
  }
}

/**
 * The form for those gates at which nothing was sent: their words would be lost on the page that waits for the others. It
 * says what was sent, and that page waits for all of them after it.
 */
function formOfRest({ answers, beside }: Sent, { answer }: Answered, about: Circumstances): Reply {
  const isOfRest = (each: Answered) => isFormAgain(each) || isStepUp(each)
  const rest = answers.filter(isOfRest).map(({ service }) => service)
  const sent = [...answers.filter(each => !isOfRest(each)).map(({ service }) => service), ...beside]
  const gates = doorGates(rest.map(({ gate }) => gate))
  return turnedOn(answer, { ...about, gates, beside: sent, named: titlesOf(rest) })
}

/** Leads to Entra where wishes wait for a check, and to the page that waits for all of them otherwise. */
function onTheirWay({ answers, beside, returnTo }: Sent): Reply {
  const names = [...answers.map(({ service }) => service), ...beside].map(({ gate }) => gate)
  const waiting = answers.filter(isStepUp)
  const [asked, ...more] = waiting.map(({ service: { gate }, answer: { activation } }) => ({ gate, activation }))
  const [first] = waiting
  if (!first || !asked) return redirect(turningOnPath(returnTo, doorGates(names)))
  const others = names.filter(name => waiting.every(({ service }) => service.gate !== name))
  return toEntra({ ...first.answer, ...asked, more, beside: others })
}

const isFormAgain = ({ answer }: Answered): boolean => answer.kind === 'form' && answer.offer.kind === 'form'
const isStepUp = (one: Answered): one is Answered<StepUpAnswer> => one.answer.kind === 'step-up'
