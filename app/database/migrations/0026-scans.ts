import type { Kysely } from 'kysely';
import { runStatements } from './run-statements.ts';

/** For what was found by reading whole tables that grow: what has expired, what a project or a network has. */
const STATEMENTS = `
CREATE INDEX console_token_expiry ON console_token (expires_at);
CREATE INDEX identity_sign_in_code_expiry ON identity_sign_in_code (expires_at);
CREATE INDEX identity_request_token_expiry ON identity_request_token (expires_at);
CREATE INDEX identity_access_token_expiry ON identity_access_token (expires_at);
CREATE INDEX identity_group_member_provider ON identity_group_member (idp_id) WHERE idp_id IS NOT NULL;
CREATE INDEX compute_flavor_access_project ON compute_flavor_access (project_id);
CREATE INDEX image_member_member ON image_member (member_id);
CREATE INDEX network_subnet_network ON network_subnet (network_id)
`;

// biome-ignore lint/suspicious/noExplicitAny: a migration knows no tables yet
export async function up(db: Kysely<any>): Promise<void> {
  await runStatements(db, STATEMENTS);
}
