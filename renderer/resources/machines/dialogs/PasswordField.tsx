import { PasswordInput } from '@mantine/core';
import type { GetInputPropsReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';

/** Of a machine's administrator; empty, the controller makes one. */
export function PasswordField(props: GetInputPropsReturnType) {
  const { t } = useTranslation('machines');
  const texts = { label: t('adminPass'), description: t('adminPassHint') };
  return <PasswordInput {...texts} autoComplete="new-password" {...props} />;
}
