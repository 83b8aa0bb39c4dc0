import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { SignedIn } from '../contract/v1.ts';
import type { Database, Queryable } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { AssignmentRepository } from './assignment/assignment.repository.ts';
import { GrantService } from './assignment/grant.service.ts';
import { ImpliedRoleService } from './assignment/implied-role.service.ts';
import { Roles } from './assignment/role.resource.ts';
import { RoleAssignmentRepository } from './assignment/role-assignment.repository.ts';
import { RoleAssignmentService } from './assignment/role-assignment.service.ts';
import { ADMIN_NAME, BootstrapService, DEFAULT_DOMAIN_ID } from './bootstrap.service.ts';
import { CatalogService } from './catalog/catalog.service.ts';
import { type Call, isAllowed } from './credential/access-rules.ts';
import { ApplicationCredentialRepository } from './credential/application-credential.repository.ts';
import { ApplicationCredentialService } from './credential/application-credential.service.ts';
import { Credentials } from './credential/credential.resource.ts';
import type { CredentialCipher } from './credential/credential-cipher.ts';
import { Ec2TokenService } from './credential/ec2.service.ts';
import { TotpService } from './credential/totp.service.ts';
import { TrustRepository } from './credential/trust.repository.ts';
import { TrustService } from './credential/trust.service.ts';
import { DirectoryRepository } from './directory/directory.repository.ts';
import { DirectoryTargets } from './directory/directory.target.ts';
import { GroupRepository } from './directory/group.repository.ts';
import { GroupService } from './directory/group.service.ts';
import { ProjectRepository } from './directory/project.repository.ts';
import { ProjectService } from './directory/project.service.ts';
import { ProjectReadService } from './directory/project-read.service.ts';
import { UserService } from './directory/user.service.ts';
import { UserPasswordService } from './directory/user-password.service.ts';
import { DomainConfigService } from './domain-config/domain-config.service.ts';
import { FederatedLinkService } from './federation/federated-link.service.ts';
import { FederatedUserService } from './federation/federated-user.service.ts';
import { FederationService } from './federation/federation.service.ts';
import { OIDC_PROTOCOL } from './federation/oidc.settings.ts';
import { OidcClient } from './federation/oidc-client.ts';
import { OidcSignInService } from './federation/oidc-sign-in.service.ts';
import { DEFAULT_IDENTITY_SETTINGS, type IdentitySettings } from './identity.settings.ts';
import { LdapDomainService } from './ldap/ldap-domain.service.ts';
import { LdapWriteRules } from './ldap/ldap-write-rules.ts';
import { LimitService } from './limit/limit.service.ts';
import { AccessTokenService } from './oauth/access-token.service.ts';
import { Consumers } from './oauth/consumer.resource.ts';
import { OAuthRepository } from './oauth/oauth.repository.ts';
import { OAuthService } from './oauth/oauth.service.ts';
import { UserFinder } from './token/auth-method.ts';
import { builtInMethods } from './token/auth-methods.ts';
import { type HashCost, PasswordHasher } from './token/password-hash.ts';
import { ReceiptService } from './token/receipt.service.ts';
import { ScopeFinder } from './token/scope-finder.ts';
import { SignInService } from './token/sign-in.service.ts';
import { SignInCodeService } from './token/sign-in-code.service.ts';
import { SignInGuard } from './token/sign-in-guard.ts';
import { toContext } from './token/token.context.ts';
import { TokenRepository } from './token/token.repository.ts';
import { TokenService } from './token/token.service.ts';

/** Who is who: users, projects, roles, tokens. The other services meet it as the context of a request only. */
export class IdentityService {
  readonly tokens: TokenService;
  readonly signIns: SignInService;
  readonly passwords: UserPasswordService;
  readonly projects: ProjectService;
  readonly projectLists: ProjectReadService;
  readonly users: UserService;
  readonly groups: GroupService;
  readonly targets: DirectoryTargets;
  readonly roles: Roles;
  readonly applicationCredentials: ApplicationCredentialService;
  readonly trusts: TrustService;
  readonly credentials: Credentials;
  readonly ec2Tokens: Ec2TokenService;
  readonly impliedRoles: ImpliedRoleService;
  readonly grants: GrantService;
  readonly roleAssignments: RoleAssignmentService;
  readonly federation: FederationService;
  readonly codes: SignInCodeService;
  readonly oidc: OidcSignInService;
  readonly consumers: Consumers;
  readonly oauth: OAuthService;
  readonly accessTokens: AccessTokenService;
  readonly catalog: CatalogService;
  readonly limits: LimitService;
  readonly domainConfigs: DomainConfigService;
  readonly ldap: LdapDomainService;
  readonly #log: Logger;
  readonly #bootstrap: BootstrapService;
  readonly #directoryRows: DirectoryRepository;
  readonly #settings: IdentitySettings;

  constructor(parts: {
    database: Database;
    events: EventService;
    log: Logger;
    cipher: CredentialCipher;
    settings?: IdentitySettings;
    /** For tests: a cheaper hash of what passwords and secrets they set. */
    hashCost?: HashCost | undefined;
    now?: () => number;
  }) {
    const { database, events, cipher } = parts;
    const now = parts.now ?? Date.now;
    const settings = parts.settings ?? DEFAULT_IDENTITY_SETTINGS;
    const rules = settings.security_compliance;
    const directory = new DirectoryRepository({ database, rules, now });
    const assignments = new AssignmentRepository(database, now);
    const hasher = new PasswordHasher(parts.hashCost);
    const guard = new SignInGuard({ now, hasher });
    const rows = new TokenRepository(database);
    const trusts = new TrustRepository(database);
    const applicationCredentials = new ApplicationCredentialRepository(database);
    const oauth = new OAuthRepository({ database, events, cipher });
    this.#log = parts.log;
    this.#settings = settings;
    this.#directoryRows = directory;
    this.tokens = new TokenService({
      ...{ database, directory, assignments, trusts, applicationCredentials, oauth, now },
      tokens: rows,
    });
    const shared = { database, directory, assignments, tokens: this.tokens, events, cipher, hasher, now };
    this.domainConfigs = new DomainConfigService({ ...shared, rules });
    this.ldap = new LdapDomainService({ ...shared, configs: this.domainConfigs, log: parts.log });
    const people = new UserFinder({ directory, ldap: this.ldap });
    this.passwords = new UserPasswordService({ ...shared, guard, people, rules });
    this.roles = new Roles(shared);
    const { roles } = this;
    this.credentials = new Credentials(shared);
    const { credentials } = this;
    this.applicationCredentials = new ApplicationCredentialService({
      ...shared,
      credentials: applicationCredentials,
      roles,
    });
    this.trusts = new TrustService({ ...shared, trusts, roles });
    this.ec2Tokens = new Ec2TokenService({
      ...shared,
      ...{ credentials, trusts, applicationCredentials, oauth },
      settings: settings.credential,
    });
    this.consumers = new Consumers(shared);
    this.oauth = new OAuthService({ ...shared, rows: oauth, consumers: this.consumers, settings: settings.oauth1 });
    this.accessTokens = new AccessTokenService({ ...shared, rows: oauth, roles });
    const { included_previous_windows: previousWindows } = settings.totp;
    const totp = new TotpService({ database, credentials, guard, previousWindows, now });
    this.signIns = new SignInService({
      ...shared,
      receipts: new ReceiptService(shared),
      scopes: new ScopeFinder({ ...shared, trusts }),
      methods: builtInMethods({
        ...shared,
        people,
        ldap: this.ldap,
        passwords: this.passwords,
        oauth: this.oauth,
        applicationCredentials,
        totp,
        guard,
      }),
      provenElsewhere: settings.oidc.length > 0 ? [OIDC_PROTOCOL] : [],
    });
    const projects = new ProjectRepository(database);
    this.projects = new ProjectService({ ...shared, projects });
    this.projectLists = new ProjectReadService({ ...shared, projects, kinds: this.projects.kinds });
    this.federation = new FederationService(shared);
    const { federation } = this;
    const peopleParts = {
      ...shared,
      configs: this.domainConfigs,
      ldap: this.ldap,
      writeRules: new LdapWriteRules(this.domainConfigs),
    };
    this.users = new UserService({
      ...peopleParts,
      passwords: this.passwords,
      federated: new FederatedLinkService({ database, federation }),
    });
    this.groups = new GroupService({
      ...peopleParts,
      groups: new GroupRepository({ database, now }),
      users: this.users,
    });
    this.targets = new DirectoryTargets(directory);
    this.impliedRoles = new ImpliedRoleService({ ...shared, roles });
    this.grants = new GrantService({ ...shared, roles });
    this.roleAssignments = new RoleAssignmentService({
      directory,
      assignments: new RoleAssignmentRepository(database, now),
    });
    this.codes = new SignInCodeService({ ...shared, rows });
    this.oidc = new OidcSignInService({
      clients: settings.oidc.map((provider) => new OidcClient(provider)),
      users: new FederatedUserService({ ...shared, federation }),
      ...{ codes: this.codes, signIns: this.signIns, now },
    });
    this.catalog = new CatalogService(shared);
    this.limits = new LimitService({ ...shared, catalog: this.catalog });
    this.#bootstrap = new BootstrapService({ database, directory, assignments, tokens: rows, hasher });
  }

  /**
   * Makes the first domain, project, roles and administrator where they are missing, and tells of tokens that expire
   * from now on. With `resetAdminPassword` (the password was given to this start) the administrator's becomes this one.
   */
  async start(options: {
    /** Null where nobody said one: then nobody is given one. */
    adminPassword: string | null;
    resetAdminPassword: boolean;
  }): Promise<'created' | 'reset' | 'unchanged'> {
    const done = await this.#bootstrap.run({
      adminPassword: options.adminPassword,
      reset: options.resetAdminPassword,
    });
    if (done === 'reset') this.#log.warn('the password of admin was replaced by the given one; its tokens have ended');
    for (const provider of this.#settings.oidc) await this.federation.ensure(provider, OIDC_PROTOCOL);
    await this.tokens.watchExpiry();
    return done;
  }

  /** Nothing was made yet: the next start makes it. */
  async isNew(): Promise<boolean> {
    return await this.#bootstrap.isFirst();
  }

  /** Whether it is the administrator's password now. */
  async isAdminPassword(password: string): Promise<boolean> {
    return await this.#bootstrap.isAdminPassword(password);
  }

  /** For whoever may write the data folder; see {@link BootstrapService.run}. */
  async resetAdministrator(adminPassword: string): Promise<void> {
    await this.#bootstrap.run({ adminPassword, reset: true });
  }

  close(): void {
    this.ldap.close();
    this.tokens.close();
  }

  /** For the edge: the context a valid token stands for; nothing where its access rules do not allow the call. */
  async authenticate(token: string, requestId: string, call?: Call): Promise<Context | undefined> {
    const resolved = await this.tokens.validate(token);
    const rules = resolved?.applicationCredential?.accessRules ?? [];
    if (!resolved || (call && rules.length > 0 && !isAllowed(rules, call))) return undefined;
    return toContext(resolved, requestId);
  }

  /** What a context's `session` stands for now; undefined when its token has ended. */
  async contextOf(session: string, requestId: string): Promise<Context | undefined> {
    const resolved = await this.tokens.validateHash(session);
    return resolved && toContext(resolved, requestId);
  }

  /** Calls when tokens may have ended (revoked, expired, rights changed): whoever holds a connection open asks again. */
  onTokensEnded(listener: () => void): () => void {
    return this.tokens.onEnded(listener);
  }

  /** For services that keep something for a project. */
  async hasProject(id: string, query: Queryable): Promise<boolean> {
    return (await this.#directoryRows.findProject({ id }, query))?.is_domain === false;
  }

  /** The project made at the first start; what belongs to the cloud as a whole is put there. */
  async adminProject(): Promise<{ id: string }> {
    const project = await this.#directoryRows.findProject({ name: ADMIN_NAME, domainId: DEFAULT_DOMAIN_ID });
    if (!project) throw new UserError('not_found', 'The project admin could not be found.');
    return { id: project.id };
  }

  /** A code that signs the administrator in to the dashboard, once. Only whoever may read the data folder gets one. */
  async createSignInCode(): Promise<string> {
    const user = await this.#directoryRows.findUser({ name: ADMIN_NAME, domainId: DEFAULT_DOMAIN_ID });
    const project = await this.#directoryRows.findProject({ name: ADMIN_NAME, domainId: DEFAULT_DOMAIN_ID });
    if (!user || !project) {
      throw new UserError('not_found', 'There is no user admin with a project admin to sign in.', {
        hint: 'Sign in with name and password.',
      });
    }
    return await this.codes.create({ userId: user.id, projectId: project.id, federation: null });
  }

  /** Trades a code for a token; 401 when it was used, is too old or never was. */
  async exchangeSignInCode(code: string): Promise<SignedIn> {
    return await this.codes.exchange(code);
  }
}
