/** The advice for a URL whose user name or password is not percent-encoded. */
export const percentEncoding =
  'in a user name or password, what a URL needs for itself is percent-encoded: / is %2F, ? is %3F, # is %23, @ is %40 and % is %25'

/** Whether a user name or password ends too early: a URL ends it at the first / ? or # before the `@`. */
export const endsBeforeAt = (url: string): boolean => /^\w+:\/\/[^/?#]*[/?#].*@/s.test(url)
