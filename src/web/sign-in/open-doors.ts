import { exactly } from '../entrance/exactly.ts'
import { type CallbackNeeds, createCallbackDoor } from './callback.ts'
import { createSignInDoor } from './sign-in.ts'
import { createFrontChannelLogoutDoor, createSignedOutDoor, createSignOutDoor } from './sign-out.ts'

/** The last open doors: all that follows them in the staircase is behind the gate. */
export const createOpenDoors = (needs: CallbackNeeds & Parameters<typeof createSignOutDoor>[0]) =>
  exactly('openDoors', [
    { method: 'get', path: '/auth/sign-in', open: createSignInDoor(needs) },
    { method: 'get', path: '/auth/callback', open: createCallbackDoor(needs) },
    { method: 'post', path: '/auth/sign-out', open: createSignOutDoor(needs) },
    { method: 'get', path: '/auth/signed-out', open: createSignedOutDoor(needs) },
    { method: 'get', path: '/auth/front-channel-logout', open: createFrontChannelLogoutDoor(needs) },
  ])
