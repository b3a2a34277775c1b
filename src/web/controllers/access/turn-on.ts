import { z } from 'zod'
import type { StepUpAnswer, TurnOnAnswer } from '../../../pim/answers.ts'
import type { SelfService } from '../../../pim/self-service.ts'
import { circumstances, doorGates } from '../../access/circumstances.ts'
import { turnOnForm } from '../../access/form-model.ts'
import { createMyAccessPage, type MyAccessNeeds } from '../../access/my-access-page.ts'
import { createServicesAt } from '../../access/part.ts'
import { turnedOn } from '../../access/turn-on-reply.ts'
import { type Controller, type Reply, redirect, toEntra, type Visit } from '../../page.ts'
import { gatesNamed, turningOnPath, wantedReturn } from '../../request.ts'

/** The form for several gates: without a tick it is about none of them, and not about `members`. */
const togetherShape = z.object({ together: z.literal('yes') })
const typedShape = z.object({ reason: z.string().catch(''), ticket: z.string().catch('') })
const tickMissing = 'Tick at least one.'

type Answered<A extends TurnOnAnswer = TurnOnAnswer> = { service: SelfService; answer: A }

/** Turns on access at one gate, or at several together: one reason, and one check for those that ask for the same. */
export default (needs: MyAccessNeeds): Controller => {
  const servicesAt = createServicesAt(needs)
  const showMyAccess = createMyAccessPage(needs)

  return async visit => {
    const isTogether = togetherShape.safeParse(visit.form).success
    if (isTogether && gatesNamed(visit.form).length === 0)
      return showMyAccess(visit, { ticked: [], problem: tickMissing, typed: typedShape.safeParse(visit.form).data })
    const services = servicesAt(visit.form)
    const returnTo = wantedReturn(visit.form, needs.config) ?? '/'
    const answers: Answered[] = []
    for (const service of services)
      answers.push({ service, answer: await service.access.turnOn(visit.who, visit.form, returnTo) })
    const [first] = answers as [Answered, ...Answered[]]
    const wrong = answers.find(isFormAgain)
    if (isTogether && answers.every(({ answer }) => answer.kind === 'form'))
      return formAgain(visit, services, wrong ?? first)
    if (answers.length > 1 && wrong)
      return formOfRest(answers, wrong, circumstances(visit, needs, { ...wrong.service, returnTo }))
    if (answers.length > 1) return onTheirWay(answers, returnTo)
    return turnedOn(first.answer, circumstances(visit, needs, { ...first.service, returnTo }))
  }

  function formAgain(visit: Visit, services: readonly SelfService[], { service, answer }: Answered) {
    const offer = answer.kind === 'form' && answer.offer.kind === 'form' ? answer.offer.form : undefined
    const about = circumstances(visit, needs, { ...service, returnTo: '/' })
    return showMyAccess(visit, { ticked: services.map(({ gate }) => gate), form: offer && turnOnForm(offer, about) })
  }
}

/** The form for those gates at which nothing was sent: their words would be lost on the page that waits for the others. */
function formOfRest(
  answers: readonly Answered[],
  { answer }: Answered,
  about: ReturnType<typeof circumstances>,
): Reply {
  const rest = answers.filter(each => isFormAgain(each) || isStepUp(each))
  return turnedOn(answer, { ...about, gates: doorGates(rest.map(({ service }) => service.gate)) })
}

/** Leads to Entra where wishes wait for a check, and to the page that waits for all of them otherwise. */
function onTheirWay(answers: readonly Answered[], returnTo: string): Reply {
  const [asked, ...more] = answers.filter(isStepUp)
  if (!asked) return redirect(turningOnPath(returnTo, doorGates(answers.map(({ service }) => service.gate))))
  const waiting = more.map(({ service: { gate }, answer: { activation } }) => ({ gate, activation }))
  return toEntra({ ...asked.answer, gate: asked.service.gate, more: waiting })
}

const isFormAgain = ({ answer }: Answered): boolean => answer.kind === 'form' && answer.offer.kind === 'form'
const isStepUp = (one: Answered): one is Answered<StepUpAnswer> => one.answer.kind === 'step-up'
