// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface Verb {
  /** As os-instance-actions name it. */
  name: string;
  /** Its key in the body of `POST /servers/{id}/action`. */
  action: string;
  /** The first microversion that has it. */
  since: string | null;
  rule: string;
  /** JSON schema of what stands beside the key; null where it means nothing. */
  value: Record<string, unknown> | null;
  allowed: { vm: string[] | null; tasks: (string | null)[] | null };
  isCancellable: boolean;
  /** Between `compute.instance.` and `.start` or `.end`. */
  notification: string | null;
  offers: VerbOffer[];
}

export interface VerbOffer {
  name: string;
  /** The policy rule that lets one do it. */
  rule: string;
  /** Where `body` is sent by POST; `:id` stands for the server. */
  path: string;
  body: Record<string, unknown>;
  /** A text that people may add: its member of what stands beside the key of the action. */
  asks: string | null;
  /** What people must say: members of the same. */
  fields: { name: string; kind: 'text' | 'count' }[];
  allowed: { vm: string[] | null; tasks: (string | null)[] | null };
  /** Where only these come to something. */
  isFor: 'locked' | 'unlocked' | null;
  passesLock: boolean;
  group: 'power' | 'sleep' | 'copy' | 'repair' | 'edit';
  /** How it is offered for several at once. */
  bulk: 'button' | 'menu';
  /** Asked before it is done to one, or only to several. */
  confirms: 'each' | 'several';
  /** At `POST /v1/servers/{id}/safely` it can be asked for behind a snapshot that leads back. */
  canBeSafe: boolean;
  /** Something of the guest may be lost. */
  isDangerous: boolean;
}

export interface VerbsApi {
  'GET /v1/verbs': {
    answer: {
      verbs: Verb[];
      /** For so long what is deleted can be restored. */
      keptSeconds: number;
    };
  };
}
