import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CloudError, type Receipt } from '../api/cloud-error.ts';
import {
  changePassword,
  expiredPasswordOf,
  type PasswordSignIn,
  signInWithCode,
  signInWithPasscode,
  signInWithPassword,
} from '../api/identity.api.ts';
import { isOwnPath } from '../api/own-path.ts';
import { beginSession, type Session, useSessionStore } from '../api/session.ts';
import { ErrorAlert } from '../design/ErrorAlert.tsx';
import mark from '../design/mark.svg';
import { NewPasswordStep } from './NewPasswordStep.tsx';
import { PasscodeStep } from './PasscodeStep.tsx';
import { PasswordStep } from './PasswordStep.tsx';
import { ProviderButtons } from './ProviderButtons.tsx';
import { rememberUser } from './remembered-user.ts';
import classes from './sign-in.module.css';
import { clockTime, useCountdown } from './use-countdown.ts';

type Step =
  | { kind: 'password' }
  | { kind: 'passcode'; form: PasswordSignIn; receipt: Receipt }
  | { kind: 'new-password'; form: PasswordSignIn; userId: string };

/** By password and what else is asked for, by another place's account, or by itself with a link; then back to where one was. */
export function SignInPage() {
  const { t } = useTranslation('session');
  const { code, next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const ended = useSessionStore((state) => state.ended);
  const [step, setStep] = useState<Step>({ kind: 'password' });
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(code !== undefined);
  const wait = useCountdown(error instanceof CloudError ? error.retryAfter : undefined, error);

  const signIn = async (attempt: () => Promise<Session>, form?: PasswordSignIn): Promise<void> => {
    setError(null);
    setBusy(true);
    try {
      const session = await attempt();
      if (form) rememberUser(form);
      beginSession(session);
      await navigate({ href: next && isOwnPath(next) ? next : '/', replace: true });
    } catch (failure) {
      setBusy(false);
      const following = form && nextStep(failure, form);
      if (following) setStep(following);
      else if (!(failure instanceof DOMException && failure.name === 'AbortError')) setError(failure);
    }
  };
  const byPassword = (form: PasswordSignIn): Promise<void> => signIn(() => signInWithPassword(form), form);
  const back = (): void => {
    setError(null);
    setStep({ kind: 'password' });
  };

  // A code works once: development renders twice, and twice would burn it.
  const redeemed = useRef<string | null>(null);
  useEffect(() => {
    if (code === undefined || redeemed.current === code) return;
    redeemed.current = code;
    void signIn(() => signInWithCode(code));
  });

  const isBlocked = wait > 0;
  return (
    <main className={classes.page}>
      <div className={classes.form}>
        <div className={classes.brand}>
          <img src={mark} width="32" height="32" alt="" />
          <h1>{t('title')}</h1>
        </div>
        <p className={classes.note} role="status">
          {ended === 'expired' ? t('expired') : isBusy && code ? t('usingLink') : ' '}
        </p>
        {step.kind === 'password' && (
          <>
            <PasswordStep isBusy={isBusy} isBlocked={isBlocked} onSubmit={(form) => void byPassword(form)} />
            <ProviderButtons onSignIn={signIn} />
          </>
        )}
        {step.kind === 'passcode' && (
          <PasscodeStep
            user={step.form.user}
            isBusy={isBusy}
            isBlocked={isBlocked}
            onSubmit={(passcode) => void signIn(() => signInWithPasscode(step.receipt, passcode), step.form)}
            onBack={back}
          />
        )}
        {step.kind === 'new-password' && (
          <NewPasswordStep
            user={step.form.user}
            before={step.form.password}
            isBusy={isBusy}
            onBack={back}
            onSubmit={(password) => {
              const form = { ...step.form, password };
              void signIn(async () => {
                await changePassword(step.userId, step.form.password, password);
                return await signInWithPassword(form);
              }, form);
            }}
          />
        )}
        {isBlocked && (
          <ErrorAlert
            title={t('tooMany')}
            error={
              new CloudError(t('tooManyWait', { time: clockTime(wait) }), { status: 429, code: 'too_many_requests' })
            }
          />
        )}
        {error !== null && !(error instanceof CloudError && error.status === 429) && (
          <SignInError error={error} step={step.kind} isLink={code !== undefined} />
        )}
        {step.kind === 'password' && <p className={classes.help}>{t('help')}</p>}
      </div>
    </main>
  );
}

/** What a refusal asks for instead, where it asks for something that can be given here. */
function nextStep(failure: unknown, form: PasswordSignIn): Step | null {
  const userId = expiredPasswordOf(failure);
  if (userId !== null) return { kind: 'new-password', form, userId };
  const receipt = failure instanceof CloudError ? failure.receipt : undefined;
  return receipt?.methods.some((methods) => methods.every((method) => method === 'password' || method === 'totp'))
    ? { kind: 'passcode', form, receipt }
    : null;
}

/** What the API says to a wrong password is about requests, not about people. */
function SignInError({ error, step, isLink }: { error: unknown; step: Step['kind']; isLink: boolean }) {
  const { t } = useTranslation('session');
  if (!(error instanceof CloudError) || error.status !== 401) return <ErrorAlert error={error} title={t('failed')} />;
  const methods = error.receipt?.methods.map((each) => each.join(' + ')).join(', ');
  const refusals = { password: t('refused'), passcode: t('passcode.refused'), 'new-password': error.message };
  const message = methods ? t('passcode.unsupported', { methods }) : isLink ? t('linkUsed') : refusals[step];
  return <ErrorAlert error={new CloudError(message, { ...error, hint: undefined })} />;
}
