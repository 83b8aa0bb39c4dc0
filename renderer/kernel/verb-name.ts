import { optionalText } from '../i18n/i18n.ts';

/** A verb of machines as history and tasks name it; another text where it is none that is known. */
export function verbName(verb: string, otherwise = verb): string {
  return optionalText(`machines:verbName.${verb}`, otherwise);
}
