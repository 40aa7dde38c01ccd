import { DefiniteError } from '../errors/failure.ts'
import { say } from '../errors/say.ts'
import type { HostAccess } from './host.ts'

/** How PAM asks for the login password, in the languages of its translations. */
const asksPassword =
  /pass(word|wort|wd)|密码|密碼|口令|パスワード|암호|mot de passe|contraseña|senha|пароль/i
/** A password is to be changed. */
const asksChange = /\b(new|current|old|retype|again|change|expired)\b|新|重新|确认|確認|过期|過期/i
/** Another secret that goes by a similar name. */
const asksSecondFactor = /one.?time|\botp\b|token|verification|passcode|factor/i

/** sshd puts `(user@host)` before a question since 8.7; neither name says what is asked. */
const withoutNames = (text: string): string =>
  text.replace(/^\s*\([^)]*@[^)]*\)\s*|\S+@\S+'s /g, '').trim()

interface Prompt {
  readonly prompt: string
  readonly echo?: boolean | undefined
}

/** Whether a host asks for nothing but the login password. */
const isPassword = ([first, ...others]: readonly Prompt[]): boolean =>
  first !== undefined &&
  others.length === 0 &&
  first.echo !== true &&
  asksPassword.test(first.prompt) &&
  !asksChange.test(first.prompt) &&
  !asksSecondFactor.test(first.prompt)

/** The refusal of a host whose login wants a new password. */
export const expiredPassword = ({ ip, username }: HostAccess): DefiniteError =>
  new DefiniteError({
    code: 'CMP07015',
    message: say`the password of ${username} on host ${ip} has expired: the host asks for a new one`,
    advice: say`change it on the host with passwd, then correct the credential and retry; or log in with a key`,
    host: ip,
  })

const unanswerable = ({ ip, username }: HostAccess, said: string): DefiniteError =>
  new DefiniteError({
    code: 'CMP07015',
    message: say`host ${ip} asks ${username} for more than the password: "${said}"`,
    advice: say`a second factor cannot be answered here: exempt this user from it, or let it log in with a key`,
    host: ip,
  })

/**
 * Answers a host's questions during a keyboard-interactive login: the password once, to a question
 * for the password alone. Anything else throws DefiniteError, so that the password is never typed
 * into a field for a new one or for a second factor.
 */
export const createAnswers = (access: HostAccess) => {
  let answered = false
  return (asked: readonly Prompt[], instructions: string): string[] => {
    if (asked.length === 0) return []
    const prompts = asked.map(({ prompt, echo }) => ({ prompt: withoutNames(prompt), echo }))
    if (!answered && isPassword(prompts)) {
      answered = true
      return [access.login.secret.reveal()]
    }
    const said = prompts
      .map(({ prompt }) => prompt)
      .join(' ')
      .slice(0, 200)
    if (asksChange.test(`${said} ${instructions}`)) throw expiredPassword(access)
    throw unanswerable(access, said)
  }
}
