/** The act that a page offers: a link, or a button whose form posts because it changes something. An empty href is the same page. */
export type PageAct = { label: string; href: string } | { label: string; post: string }

/** How a request ends: the status of the answer, the words on its page, and what the page offers next. */
export type Ending = { status: number; title: string; detail: string; act: PageAct }

const home: PageAct = { label: 'Go to the start page', href: '/' }
/** Asks for the same page once more. */
export const again: PageAct = { label: 'Try again', href: '' }
const signIn: PageAct = { label: 'Sign in', href: '/auth/sign-in' }
const signInAgain: PageAct = { label: 'Sign in again', href: '/auth/sign-in' }

/** Every way in which a request can end badly, by the code of its Problem. */
export const endings = {
  'not-signed-in': {
    status: 401,
    title: 'You are not signed in',
    detail: 'Sign in, then repeat what you were doing.',
    act: signIn,
  },
  'not-a-member': {
    status: 403,
    title: 'You do not have access',
    detail: 'Access is off for you. Turn it on in Microsoft Entra, then check again.',
    act: again,
  },
  'access-ended': {
    status: 403,
    title: 'Your access has ended',
    detail: 'You are still signed in. Turn access on again in Microsoft Entra, then check again.',
    act: again,
  },
  'membership-unknown': {
    status: 503,
    title: 'We cannot confirm your access right now',
    detail:
      'You are still signed in. Microsoft does not answer, and nobody is let in while we cannot check. If this lasts, send the reference below to the people who run this application.',
    act: { label: 'Check again', post: '/check-again' },
  },
  'too-many-groups': {
    status: 503,
    title: 'You are in more groups than we may look up',
    detail:
      'You are still signed in. You belong to so many groups that Microsoft does not list them for us, and this application is not allowed to ask. An administrator of your organisation has to grant consent to two permissions in Microsoft Entra: User.Read and GroupMember.Read.All. Send them the reference below, and check again when it is done.',
    act: { label: 'Check again', post: '/check-again' },
  },
  'other-person': {
    status: 403,
    title: 'Another account came back',
    detail: 'The account that answered is not the one that is signed in here, so nothing was changed.',
    act: signInAgain,
  },
  'auth-context-missing': {
    status: 403,
    title: 'One more check is needed',
    detail:
      'This page needs a stronger sign-in, usually with a passkey, and yours does not have it. Try again with your passkey, or ask your administrators to register one.',
    act: again,
  },
  'acts-without-context': {
    status: 403,
    title: 'Nobody can give or take access here yet',
    detail:
      'Giving and taking access needs a fresh check, usually with a passkey, and this application was not told which. The people who run it have to set ADMIN_AUTH_CONTEXT_ID.',
    act: home,
  },
  'step-up-cancelled': {
    status: 403,
    title: 'You cancelled the check',
    detail: 'You are still signed in. The page you asked for needs this check, usually with your passkey.',
    act: again,
  },
  'step-up-too-late': {
    status: 403,
    title: 'Your session ended before the check was finished',
    detail: 'Nothing was changed. Try again; you may have to sign in first.',
    act: again,
  },
  'signed-out-meanwhile': {
    status: 403,
    title: 'You were signed out meanwhile',
    detail: 'Your session was ended, here or at Microsoft, while this sign-in was on its way, so it does not count.',
    act: signInAgain,
  },
  'form-not-kept': {
    status: 404,
    title: 'There is no such form any more',
    detail:
      'We keep what you typed for a limited time, for you alone, until it is sent. If it was not sent, please fill in the form again.',
    act: home,
  },
  'form-sent': {
    status: 409,
    title: 'This was sent already',
    detail:
      'It was not sent again. If you saw no answer, look whether it was done before you fill in the form once more.',
    act: home,
  },
  'not-found': {
    status: 404,
    title: 'There is no such page',
    detail: 'The address may be misspelt, or the page has moved.',
    act: home,
  },
  'cross-site': {
    status: 403,
    title: 'This request came from another site',
    detail: 'Nothing was changed. Changes are accepted only from pages of this application.',
    act: home,
  },
  'form-not-accepted': {
    status: 415,
    title: 'This form cannot be read',
    detail: 'Nothing was changed. Forms are sent url-encoded and not compressed.',
    act: again,
  },
  'form-too-large': {
    status: 413,
    title: 'This form is too large',
    detail: 'Nothing was changed. Shorten the text and send it again.',
    act: again,
  },
  'redis-away': {
    status: 503,
    title: 'We cannot look up your sign-in right now',
    detail: 'Nobody is signed out by this, and it usually passes within a minute.',
    act: again,
  },
  'sign-out-unconfirmed': {
    status: 503,
    title: 'We could not sign you out',
    detail: 'Your session may still be open. Try again in a minute, and do not leave this browser unattended.',
    act: { label: 'Try again', post: '/auth/sign-out' },
  },
  'not-over-tls': {
    status: 400,
    title: 'This connection is not encrypted',
    detail:
      'These pages are shown over https only. If your address begins with https, the proxy in front does not say so: see TRUST_PROXY.',
    act: home,
  },
  'unknown-host': {
    status: 421,
    title: 'This is not our address',
    detail:
      'The pages of this application are shown only under the address that it was set up for. If yours is that one, the proxy in front changes the Host header: see BASE_URL.',
    act: home,
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests from your network',
    detail: 'Nothing was changed, and nobody was signed out. Wait a minute, then try again.',
    act: again,
  },
  'sign-in-not-started': {
    status: 400,
    title: 'This sign-in cannot be finished',
    detail:
      'It was used already, took longer than ten minutes, or was begun elsewhere: in another browser, or by a program that opened a link for you, as mail and Office programs do. Sign in again here to go on. If it happens again, allow cookies for this site.',
    act: signInAgain,
  },
  'sign-in-cancelled': {
    status: 403,
    title: 'You cancelled the sign-in',
    detail: 'Nobody was signed in, and nothing was changed. You can sign in whenever you like.',
    act: signInAgain,
  },
  'consent-missing': {
    status: 403,
    title: 'This application needs consent first',
    detail:
      'An administrator of your organisation has to approve it in Microsoft Entra. Send them the reference below, and sign in again when it is done.',
    act: signInAgain,
  },
  'sign-in-refused': {
    status: 400,
    title: 'Microsoft did not sign you in',
    detail: 'Signing in again usually helps. If not, send the reference below to the people who run this application.',
    act: signInAgain,
  },
  'sign-in-not-proven': {
    status: 400,
    title: 'We could not verify this sign-in',
    detail:
      'The answer from Microsoft does not prove who you are, so nobody was signed in. Send the reference below to the people who run this application.',
    act: signInAgain,
  },
  'sign-in-misconfigured': {
    status: 503,
    title: 'Signing in does not work right now',
    detail:
      'The fault is ours: Microsoft does not accept this application. Send the reference below to the people who run it.',
    act: signInAgain,
  },
  'entra-unreachable': {
    status: 503,
    title: 'Microsoft cannot be reached right now',
    detail:
      'You cannot sign in until it answers. This usually passes within minutes. People who are signed in stay signed in.',
    act: signInAgain,
  },
  'graph-silent': {
    status: 503,
    title: 'Microsoft does not answer right now',
    detail: 'You are still signed in. If you sent something, look whether it was done before you send it again.',
    act: again,
  },
  'graph-refused': {
    status: 502,
    title: 'Microsoft does not let us see this',
    detail: 'The fault is not yours. Send the reference below to the people who run this application.',
    act: home,
  },
  unexpected: {
    status: 500,
    title: 'Something went wrong',
    detail: 'The fault is ours. Send the reference below to the people who run this application.',
    act: home,
  },
} as const satisfies Record<string, Ending>
