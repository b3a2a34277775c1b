import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express'
import type Provider from 'oidc-provider'
import { people, personBy, personHinted } from '../directory/people.ts'
import { paths } from '../metadata.ts'
import { sendPage } from '../page.ts'
import type { TenantState } from '../state.ts'
import { refusalPage } from './refusal-page.ts'

/*
 * The sign-in page, and the fields that a test must send when it plays a browser.
 *
 * The authorize endpoint redirects to GET `/{tenant}/sign-in/{id}`; keep cookies on the way. The page holds one form,
 * `method="post"` without `action`: post to the address of the page, as application/x-www-form-urlencoded.
 *
 *   person=<key>                 who signs in (on the step-up page: fixed, the one who is signed in)
 *   method=password | passkey    how; the policies on an authentication context say which of them satisfies it
 *   method=code                  a password and a code from a telephone, which a cheat could ask for as well; no page
 *                                offers it
 *   cancel=1                     instead of both: back to the app with access_denied, error_subcode=cancel
 *
 * The answer is a redirect; follow redirects to the app's callback. A second page may come first: `step-up` after a
 * password (send method=passkey), or a refusal (HTTP 200, 'AADSTS…' in the text) that ends the journey.
 *
 * With the switch `wrongAccount` that person comes back instead of the chosen one, and instead of a person who is
 * signed in already; then no page is shown.
 */
export function signInPages(state: TenantState, provider: Provider): Router {
  const router = Router()
  router.get(`${paths.signIn}/:id`, showPage(state, provider))
  router.post(`${paths.signIn}/:id`, urlencoded({ extended: false }), takeAnswer(provider, state))
  return router
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>
type Answer = { person: string; method: keyof typeof methodsOf }

/** The claim `amr` of a sign-in. */
const methodsOf = { password: ['pwd'], code: ['pwd', 'otp'], passkey: ['fido'] }

function showPage(state: TenantState, provider: Provider): RequestHandler {
  return async (request, response) => {
    const interaction = await interactionOf(provider, request)
    if (!interaction) return sendPage(response.status(400), 'gone', { title: 'This sign-in is over' })
    const { name, reasons } = interaction.prompt
    if (name === 'held' && !request.query.another)
      return void response.type('html').send(await heldPage(state, reasons))
    if (name === 'consent_missing') return void response.type('html').send(await refusalPage(state, 90094))
    const answer = automatic(state, interaction)
    if (answer) return finish(provider, response, { state, interaction, answer })
    if (name === 'step_up') return sendPage(response, 'step-up', stepUpModel(interaction))
    return sendPage(response, 'sign-in', signInModel(interaction))
  }
}

// A refused person may have another account, so the page links to the choice of people.
function heldPage(state: TenantState, reasons: readonly string[]): Promise<string> {
  return refusalPage(state, Number(reasons[0]), { choice: '?another=1' })
}

function takeAnswer(provider: Provider, state: TenantState): RequestHandler {
  return async (request, response) => {
    const interaction = await interactionOf(provider, request)
    if (!interaction) return sendPage(response.status(400), 'gone', { title: 'This sign-in is over' })
    if (request.body?.cancel) return cancel(response, interaction)
    const answer = answerIn(request.body, interaction)
    if (!answer)
      return sendPage(response.status(400), 'sign-in', { ...signInModel(interaction), problem: 'Choose a person.' })
    return finish(provider, response, { state, interaction, answer })
  }
}

function interactionOf(provider: Provider, { params }: Request): Promise<Interaction | undefined> {
  return provider.Interaction.find(String(params.id))
}

function automatic({ switches }: TenantState, { prompt, session }: Interaction): Answer | undefined {
  if (switches.wrongAccount && prompt.reasons.includes('wrong_account'))
    return { person: switches.wrongAccount, method: 'passkey' }
  if (!switches.autoSignIn) return undefined
  if (prompt.name === 'step_up') return { person: session?.accountId ?? switches.autoSignIn, method: 'passkey' }
  return { person: switches.autoSignIn, method: 'password' }
}

function answerIn(form: Record<string, unknown> | undefined, { prompt, session }: Interaction): Answer | undefined {
  const person = prompt.name === 'step_up' ? session?.accountId : form?.person
  if (!people.some(({ key }) => key === person)) return undefined
  const method = form?.method === 'passkey' || form?.method === 'code' ? form.method : 'password'
  return { person: String(person), method }
}

async function finish(
  provider: Provider,
  response: Response,
  { state, interaction, answer: given }: { state: TenantState; interaction: Interaction; answer: Answer },
): Promise<void> {
  const answer = { ...given, person: state.switches.wrongAccount ?? given.person }
  if (interaction.session && interaction.session.accountId !== answer.person) await forgetSession(provider, interaction)
  const login = {
    accountId: personBy(answer.person).key,
    amr: methodsOf[answer.method],
    ts: Math.floor(state.clock().getTime() / 1000),
  }
  await resume(response, interaction, { login, select_account: {} })
}

// Another person signs in, so a new session begins: oidc-provider would otherwise ask to sign out first.
async function forgetSession(provider: Provider, interaction: Interaction): Promise<void> {
  const session = await provider.Session.findByUid(interaction.session?.uid ?? '')
  await session?.destroy()
  delete interaction.session
}

function cancel(response: Response, interaction: Interaction): Promise<void> {
  return resume(response, interaction, { error: 'access_denied', error_description: 'cancel' })
}

async function resume(
  response: Response,
  interaction: Interaction,
  result: NonNullable<Interaction['result']>,
): Promise<void> {
  interaction.result = result
  await interaction.persist()
  response.redirect(303, interaction.returnTo)
}

function signInModel({ params, prompt }: Interaction) {
  const hinted = personHinted(params.login_hint)?.key
  return { title: 'Sign in', people, hinted: prompt.name === 'login' ? hinted : undefined, problem: undefined }
}

function stepUpModel({ session }: Interaction) {
  return { title: 'One more step', person: personBy(session?.accountId ?? '') }
}
