import { exactly } from '../entrance/exactly.ts'
import { type CallbackNeeds, createCallback } from './callback.ts'
import { createSignIn } from './sign-in.ts'
import { createFrontChannelLogout, createSignedOut, createSignOut } from './sign-out.ts'

/** Step 7: the last open doors. What is not in this list is behind the gate. */
export const createOpenDoors = (needs: CallbackNeeds & Parameters<typeof createSignOut>[0]) =>
  exactly('openDoors', [
    { method: 'get', path: '/auth/sign-in', open: createSignIn(needs) },
    { method: 'get', path: '/auth/callback', open: createCallback(needs) },
    { method: 'post', path: '/auth/sign-out', open: createSignOut(needs) },
    { method: 'get', path: '/auth/signed-out', open: createSignedOut(needs) },
    { method: 'get', path: '/auth/front-channel-logout', open: createFrontChannelLogout(needs) },
  ])
