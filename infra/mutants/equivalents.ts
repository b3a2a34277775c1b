/** A change that no test noticed: the line in which it stands, without its indent, the code that was changed, and the code that stood there instead. */
export type Survivor = { lineNumber: number; line: string; code: string; becomes: string }

/** A change that leaves what the code does as it is, so that no test can notice it. */
type Equivalent = Omit<Survivor, 'lineNumber'> & { file: string; why: string }

export const equivalents: readonly Equivalent[] = [
  {
    file: 'src/entra/claims.ts',
    line: "if (!claims) throw new Problem('sign-in-not-proven', { cause: new ClaimError(String(error.issues[0]?.path[0])) })",
    code: 'error.issues[0]?.path',
    becomes: 'error.issues[0].path',
    why: 'An error of zod has at least one issue.',
  },
  {
    file: 'src/entra/claims.ts',
    line: "if (claims.nbf !== undefined && claims.nbf > seconds + toleranceSeconds) return 'nbf'",
    code: 'claims.nbf !== undefined',
    becomes: 'true',
    why: 'A claim that is absent is not later than any instant.',
  },
  {
    file: 'src/session/sealing/seal.ts',
    line: "if (!/^\\d{1,3}$/.test(version ?? '') || rest.length > 0 || body === '') return 'broken'",
    code: "''",
    becomes: '"Stryker was here!"',
    why: 'A text that is split has at least one part.',
  },
  {
    file: 'src/session/sealing/seal.ts',
    line: "const [version, id = '', body = '', ...rest] = sealed.split('.')",
    code: "''",
    becomes: '"Stryker was here!"',
    why: 'A text without a second dot has no body that decodes to itself, whatever stands there instead.',
  },
  {
    file: 'src/session/sealing/seal.ts',
    line: "const cipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })",
    code: '{ authTagLength: tagBytes }',
    becomes: '{}',
    why: 'Sixteen bytes are the default, and the tag is cut to them.',
  },
  {
    file: 'src/session/sealing/seal.ts',
    line: "return { text: cipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8') + cipher.final('utf8') }",
    code: "'utf8'",
    becomes: '""',
    why: 'Node reads bytes as UTF-8 where they become text.',
  },
  {
    file: 'src/session/sealing/seal.ts',
    line: "const body = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])",
    code: "'utf8'",
    becomes: '""',
    why: 'Node writes text as UTF-8 where no encoding is named.',
  },
  {
    file: 'src/session/stored/sealed-client.ts',
    line: "const keyId = value.split('.')[1] ?? ''",
    code: "''",
    becomes: '"Stryker was here!"',
    why: 'Only a text with three parts is sealed with an unknown key.',
  },
  {
    file: 'src/session/stored/sealed-client.ts',
    line: "const value = await unlessWrongType(redis.get(key), '')",
    code: "''",
    becomes: '"Stryker was here!"',
    why: 'Neither text opens.',
  },
  {
    file: 'src/session/stored/sealed-client.ts',
    line: "const before = await unlessWrongType(redis.get(key), '')",
    code: "''",
    becomes: '"Stryker was here!"',
    why: 'Neither text opens.',
  },
  {
    file: 'src/session/stored/sealed-client.ts',
    line: "if (typeof opened === 'object' && isStoredSession(opened.text)) return opened.text",
    code: "typeof opened === 'object'",
    becomes: 'true',
    why: 'What does not open has no text, and no text is no stored session.',
  },
  {
    file: 'src/session/stored/sealed-client.ts',
    line: "const opened = before === null ? 'broken' : seal.open(before, key)",
    code: "'broken'",
    becomes: '""',
    why: 'Where nothing was there, the next line looks no further.',
  },
  {
    file: 'src/session/stored/sealed-client.ts',
    line: "if (before === null || typeof opened !== 'object' || !isStoredSession(opened.text)) return null",
    code: "before === null || typeof opened !== 'object'",
    becomes: 'false',
    why: 'What does not open has no text, and no text is no stored session.',
  },
  {
    file: 'src/session/stored/sealed-client.ts',
    line: "if (before === null || typeof opened !== 'object' || !isStoredSession(opened.text)) return null",
    code: "before === null || typeof opened !== 'object'",
    becomes: "before === null && typeof opened !== 'object'",
    why: 'What does not open has no text, and no text is no stored session.',
  },
  {
    file: 'src/session/stored/sealed-client.ts',
    line: "if (before === null || typeof opened !== 'object' || !isStoredSession(opened.text)) return null",
    code: 'before === null',
    becomes: 'false',
    why: 'What does not open has no text, and no text is no stored session.',
  },
  {
    file: 'src/session/stored/sealed-client.ts',
    line: "if (before === null || typeof opened !== 'object' || !isStoredSession(opened.text)) return null",
    code: "typeof opened !== 'object'",
    becomes: 'false',
    why: 'What does not open has no text, and no text is no stored session.',
  },
  {
    file: 'src/gate/decide.ts',
    line: "const until = membership !== 'unknown' && membership.member ? membership.until : undefined",
    code: "membership !== 'unknown' && membership.member",
    becomes: 'true',
    why: "Only a member's proof has an end; of anything else it is undefined.",
  },
  {
    file: 'src/gate/decide.ts',
    line: "const until = membership !== 'unknown' && membership.member ? membership.until : undefined",
    code: "membership !== 'unknown' && membership.member",
    becomes: "membership !== 'unknown' || membership.member",
    why: "Only a member's proof has an end; of anything else it is undefined.",
  },
  {
    file: 'src/gate/decide.ts',
    line: "const until = membership !== 'unknown' && membership.member ? membership.until : undefined",
    code: "membership !== 'unknown'",
    becomes: 'true',
    why: "Only a member's proof has an end; of anything else it is undefined.",
  },
  {
    file: 'src/gate/decide.ts',
    line: "const until = membership !== 'unknown' && membership.member ? membership.until : undefined",
    code: "'unknown'",
    becomes: '""',
    why: "Only a member's proof has an end; of anything else it is undefined.",
  },
  {
    file: 'src/gate/decide.ts',
    line: 'if (at === undefined || at > now + clockToleranceMs) return false',
    code: 'at === undefined',
    becomes: 'false',
    why: 'The age of what is undefined is no number, and no number is no age that is young enough.',
  },
  {
    file: 'src/gate/news/roster.ts',
    line: 'if (text === undefined) return undefined',
    code: 'text === undefined',
    becomes: 'false',
    why: 'What is undefined is no JSON either.',
  },
  {
    file: 'src/gate/news/roster.ts',
    line: '} catch {',
    code: '{ return undefined }',
    becomes: '{}',
    why: 'A function that ends without a word returns undefined.',
  },
  {
    file: 'src/gate/news/roster.ts',
    line: 'if (until !== undefined && until <= now - clockToleranceMs) continue',
    code: 'until !== undefined',
    becomes: 'true',
    why: 'What is undefined is not earlier than any instant.',
  },
  {
    file: 'src/gate/plan/bound.ts',
    line: "if (plan?.until === undefined || membership === 'unknown') return membership",
    code: "membership === 'unknown'",
    becomes: 'false',
    why: 'What is unknown was proven at no instant, so at no seam, and comes back as it is.',
  },
  {
    file: 'src/gate/plan/bound.ts',
    line: "if (plan?.until === undefined || membership === 'unknown') return membership",
    code: "'unknown'",
    becomes: '""',
    why: 'What is unknown was proven at no instant, so at no seam, and comes back as it is.',
  },
  {
    file: 'src/gate/plan/bound.ts',
    line: "if (now >= seamAt && !isAtSeam(plan, now)) return 'unknown'",
    code: 'now >= seamAt',
    becomes: 'now > seamAt',
    why: 'The instant of a seam is at the seam.',
  },
  {
    file: 'src/gate/plan/from-periods.ts',
    line: 'const isNext = before.from !== undefined && before.from < from && Math.abs((before.until ?? 0) - from) <= longestGapMs',
    code: 'before.from !== undefined',
    becomes: 'true',
    why: 'What is undefined is not earlier than any instant.',
  },
  {
    file: 'src/gate/plan/from-periods.ts',
    line: 'if (next.until !== undefined && next.until <= ahead.until) continue',
    code: 'next.until !== undefined',
    becomes: 'true',
    why: 'What is undefined is not earlier than any instant.',
  },
  {
    file: 'src/gate/membership-proof.ts',
    line: 'if (!(cause instanceof Problem)) throw cause',
    code: '!(cause instanceof Problem)',
    becomes: 'false',
    why: 'What is no Problem has none of the codes that are asked for below, and rises there.',
  },
  {
    file: 'src/gate/freshness.ts',
    line: "membership !== 'unknown' && membership.provenAt > now + clockToleranceMs",
    code: "membership !== 'unknown'",
    becomes: 'true',
    why: 'What is unknown was proven at no instant, and so at none that is ahead.',
  },
  {
    file: 'src/gate/freshness.ts',
    line: "membership !== 'unknown' && membership.provenAt > now + clockToleranceMs",
    code: "'unknown'",
    becomes: '""',
    why: 'What is unknown was proven at no instant, and so at none that is ahead.',
  },
  {
    file: 'src/gate/freshness.ts',
    line: "if (membership.until !== undefined && now >= membership.until) return 'due'",
    code: 'membership.until !== undefined',
    becomes: 'true',
    why: 'No instant is later than what is undefined.',
  },
  {
    file: 'src/gate/freshness.ts',
    line: 'const end = membership.until !== undefined && membership.until <= now ? membership.until - 1 : 0',
    code: 'membership.until !== undefined',
    becomes: 'true',
    why: 'What is undefined is not earlier than any instant.',
  },
]

/**
 * Whether a change leaves what the code does as it is: one of the list, or `...(until !== undefined && { until })` made
 * to hold always. A property that is undefined counts as absent: it is neither listed nor written as JSON.
 */
export const isEquivalent = (file: string, { line, code, becomes }: Survivor): boolean =>
  (becomes === 'true' && code.endsWith(' !== undefined') && line.includes(`...(${code} && {`)) ||
  equivalents.some(each => each.file === file && each.line === line && each.code === code && each.becomes === becomes)
