// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface V1Api {
  'GET /v1/event-log': {
    query: { resourceType?: string; resourceId?: string; limit?: number; before?: number };
    answer: {
      events: {
        id: number;
        type: string;
        resource: { type: string; id: string };
        projectId: string | null;
        userId: string | null;
        requestId: string | null;
        payload: Record<string, unknown>;
        createdAt: string;
      }[];
      next: number | null;
    };
  };
  'GET /v1/unclaimed': {
    query: { limit?: number; marker?: string };
    answer: {
      unclaimed: {
        id: string;
        /** process: runs though its machine's folder was deleted. image-file: in the controller's folder images/unclaimed. */
        kind: 'machine' | 'machine-folder' | 'process' | 'cached-file' | 'image-file';
        /** What is typed to remove it. */
        name: string;
        /** Null: the controller. */
        host: { id: string; name: string } | null;
        bytes: number | null;
        /** When it was first seen. */
        since: string;
        canAdopt: boolean;
        /** An administrator removed it; it goes when its host is there. */
        isGoing: boolean;
        machine: {
          id: string;
          powerState: 'NOSTATE' | 'RUNNING' | 'PAUSED' | 'SHUTDOWN' | 'CRASHED' | 'SUSPENDED';
          vcpus: number;
          memoryMib: number;
          diskGib: number;
          addresses: string[];
        } | null;
      }[];
      next: string | null;
      /** Of all pages, without those that are being removed. */
      count: number;
      /** Where the database is not as new as its folder. */
      staleDatabase: { kind: 'older' | 'other'; since: string } | null;
    };
  };
  'POST /v1/unclaimed/:id/adopt': {
    params: { id: string };
    body: { projectId: string };
    answer: {
      resource: { type: 'server' | 'image'; id: string; name: string };
      /** Addresses that were taken by others meanwhile; the new ones hold from its next start. */
      addresses: { mac: string; before: string; now: string }[];
    };
  };
  'DELETE /v1/unclaimed/:id': {
    params: { id: string };
    query: {
      /** Its name again, so that nothing else is meant. */
      name: string;
    };
  };
  'GET /v1/tasks': {
    query: { state?: 'active' | 'finished'; subjectId?: string; limit?: number; marker?: string };
    answer: {
      tasks: {
        id: string;
        kind: string;
        subject: { type: string; id: string; name: string | null };
        projectId: string | null;
        userId: string | null;
        requestId: string;
        parentId: string | null;
        state: 'pending' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled';
        steps: {
          name: string;
          state: 'pending' | 'running' | 'done' | 'failed' | 'undone' | 'skipped';
          startedAt: string | null;
          finishedAt: string | null;
        }[];
        progress: {
          done: number;
          total: number | null;
          unit: 'bytes' | 'percent' | 'items';
          rate: number | null;
          secondsLeft: number | null;
        } | null;
        cancellable: boolean;
        abortRequested: boolean;
        error: {
          kind: 'user' | 'operational' | 'unexpected';
          code: string;
          origin: 'user' | 'controller' | 'agent' | 'hypervisor';
          message: string;
          hint?: string;
          field?: string;
        } | null;
        createdAt: string;
        updatedAt: string;
        finishedAt: string | null;
      }[];
      next: string | null;
    };
  };
  'GET /v1/tasks/:id': {
    params: { id: string };
    answer: {
      id: string;
      kind: string;
      subject: { type: string; id: string; name: string | null };
      projectId: string | null;
      userId: string | null;
      requestId: string;
      parentId: string | null;
      state: 'pending' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled';
      steps: {
        name: string;
        state: 'pending' | 'running' | 'done' | 'failed' | 'undone' | 'skipped';
        startedAt: string | null;
        finishedAt: string | null;
      }[];
      progress: {
        done: number;
        total: number | null;
        unit: 'bytes' | 'percent' | 'items';
        rate: number | null;
        secondsLeft: number | null;
      } | null;
      cancellable: boolean;
      abortRequested: boolean;
      error: {
        kind: 'user' | 'operational' | 'unexpected';
        code: string;
        origin: 'user' | 'controller' | 'agent' | 'hypervisor';
        message: string;
        hint?: string;
        field?: string;
      } | null;
      createdAt: string;
      updatedAt: string;
      finishedAt: string | null;
    };
  };
  'POST /v1/tasks/:id/cancel': {
    params: { id: string };
    answer: {
      id: string;
      kind: string;
      subject: { type: string; id: string; name: string | null };
      projectId: string | null;
      userId: string | null;
      requestId: string;
      parentId: string | null;
      state: 'pending' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled';
      steps: {
        name: string;
        state: 'pending' | 'running' | 'done' | 'failed' | 'undone' | 'skipped';
        startedAt: string | null;
        finishedAt: string | null;
      }[];
      progress: {
        done: number;
        total: number | null;
        unit: 'bytes' | 'percent' | 'items';
        rate: number | null;
        secondsLeft: number | null;
      } | null;
      cancellable: boolean;
      abortRequested: boolean;
      error: {
        kind: 'user' | 'operational' | 'unexpected';
        code: string;
        origin: 'user' | 'controller' | 'agent' | 'hypervisor';
        message: string;
        hint?: string;
        field?: string;
      } | null;
      createdAt: string;
      updatedAt: string;
      finishedAt: string | null;
    };
  };
  'GET /v1/rights': { answer: { rights: Record<string, { allowed: boolean; needs: string | null }> } };
  'GET /v1/audit': {
    query: {
      userId?: string;
      projectId?: string;
      resourceId?: string;
      requestId?: string;
      action?: string;
      address?: string;
      outcome?: 'success' | 'failure';
      since?: string;
      until?: string;
      limit?: number;
      marker?: number;
    };
    answer: {
      records: {
        id: number;
        createdAt: string;
        requestId: string;
        service: string;
        action: string;
        method: string;
        path: string;
        user: { id: string | null; name: string | null } | null;
        projectId: string | null;
        domainId: string | null;
        address: string;
        userAgent: string | null;
        status: number;
        outcome: 'success' | 'failure';
        reason: string | null;
        resource: { id: string | null; name: string | null } | null;
        count: number;
      }[];
      next: number | null;
    };
  };
  'GET /v1/audit/export': {
    query: {
      userId?: string;
      projectId?: string;
      resourceId?: string;
      requestId?: string;
      action?: string;
      address?: string;
      outcome?: 'success' | 'failure';
      since?: string;
      until?: string;
      format?: 'csv' | 'json';
    };
    answer: unknown;
  };
  'POST /v1/sign-in': {
    body: { code: string };
    answer: {
      token: string;
      expiresAt: string;
      user: { id: string; name: string };
      project: { id: string; name: string } | null;
      roles: string[];
    };
  };
  'GET /v1/sign-in/providers': { answer: { providers: { id: string; name: string; kind: 'oidc' }[] } };
  'POST /v1/sign-in/oidc': {
    body: { provider: string; redirect?: 'wait' | string };
    answer: { url: string; state: string };
  };
  'POST /v1/sign-in/oidc/wait': {
    body: { state: string };
    answer: { code: string | null };
  };
  'GET /v1/domains/:domain_id/ldap': {
    params: { domain_id: string };
    answer: {
      server: {
        url: string;
        checkedAt: string;
        people: { at: string; users: number; groups: number; passedOver: string[] } | null;
        failure: { message: string; hint: string | null } | null;
      } | null;
    };
  };
  'POST /v1/domains/:domain_id/ldap/test': {
    params: { domain_id: string };
    body: { ldap: Record<string, unknown> };
    answer: { users: number; groups: number; userNames: string[]; groupNames: string[] };
  };
  'GET /v1/limits': { answer: { limits: Record<string, { limit: number; used: number }> } };
  'GET /v1/quotas/:project_id': {
    params: { project_id: string };
    query: { user_id?: string };
    answer: { limits: Record<string, { limit: number; used: number; isOwn: boolean }> };
  };
  'PUT /v1/quotas/:project_id': {
    params: { project_id: string };
    query: { user_id?: string };
    body: {
      limits: {
        networks?: number;
        subnets?: number;
        ports?: number;
        images?: number;
        image_size_total?: number;
        instances?: number;
        cores?: number;
        ram?: number;
        key_pairs?: number;
        metadata_items?: number;
        server_groups?: number;
        server_group_members?: number;
        volumes?: number;
        per_volume_gigabytes?: number;
        snapshots?: number;
        gigabytes?: number;
        backups?: number;
        backup_gigabytes?: number;
        groups?: number;
      };
      force?: boolean;
    };
    answer: { limits: Record<string, { limit: number; used: number; isOwn: boolean }> };
  };
  'DELETE /v1/quotas/:project_id': {
    params: { project_id: string };
    query: { user_id?: string };
  };
  'GET /v1/hosts': {
    answer: {
      hosts: {
        id: string;
        name: string;
        state: 'up' | 'down';
        isAway: boolean;
        projectHostId: string;
        since: string;
        lastSeenAt: string | null;
        zone: string;
        disabledReason: string | null;
        isForcedDown: boolean;
        facts: {
          hostname: string;
          hypervisorType: string;
          hypervisorVersion: string | null;
          accelerator: string | null;
          cpuArch: string;
          cpuModel: string;
          vcpus: number;
          memoryMib: number;
          diskGib: number;
          diskFreeGib: number;
          memoryFreeMib: number;
          capabilities: string[];
          preflight: {
            id: string;
            state: 'ok' | 'warning' | 'failed';
            fact: string;
            hint: string | null;
            fixCommand: string | null;
          }[];
          agentVersion: string;
          bootedAt?: string;
        } | null;
        allocated: { vcpus: number; memoryMib: number; diskGib: number; machines: number };
        ratios: { vcpus: number; memory: number; disk: number };
      }[];
    };
  };
  'GET /v1/hosts/:id': {
    params: { id: string };
    answer: {
      id: string;
      name: string;
      state: 'up' | 'down';
      isAway: boolean;
      projectHostId: string;
      since: string;
      lastSeenAt: string | null;
      zone: string;
      disabledReason: string | null;
      isForcedDown: boolean;
      facts: {
        hostname: string;
        hypervisorType: string;
        hypervisorVersion: string | null;
        accelerator: string | null;
        cpuArch: string;
        cpuModel: string;
        vcpus: number;
        memoryMib: number;
        diskGib: number;
        diskFreeGib: number;
        memoryFreeMib: number;
        capabilities: string[];
        preflight: {
          id: string;
          state: 'ok' | 'warning' | 'failed';
          fact: string;
          hint: string | null;
          fixCommand: string | null;
        }[];
        agentVersion: string;
        bootedAt?: string;
      } | null;
      allocated: { vcpus: number; memoryMib: number; diskGib: number; machines: number };
      ratios: { vcpus: number; memory: number; disk: number };
    };
  };
  'POST /v1/hosts/:id/measure': {
    params: { id: string };
    answer: {
      id: string;
      name: string;
      state: 'up' | 'down';
      isAway: boolean;
      projectHostId: string;
      since: string;
      lastSeenAt: string | null;
      zone: string;
      disabledReason: string | null;
      isForcedDown: boolean;
      facts: {
        hostname: string;
        hypervisorType: string;
        hypervisorVersion: string | null;
        accelerator: string | null;
        cpuArch: string;
        cpuModel: string;
        vcpus: number;
        memoryMib: number;
        diskGib: number;
        diskFreeGib: number;
        memoryFreeMib: number;
        capabilities: string[];
        preflight: {
          id: string;
          state: 'ok' | 'warning' | 'failed';
          fact: string;
          hint: string | null;
          fixCommand: string | null;
        }[];
        agentVersion: string;
        bootedAt?: string;
      } | null;
      allocated: { vcpus: number; memoryMib: number; diskGib: number; machines: number };
      ratios: { vcpus: number; memory: number; disk: number };
    };
  };
  'GET /v1/image-catalog': {
    answer: {
      entries: {
        id: string;
        family: string;
        name: string;
        version: string;
        summary: string;
        arch: string;
        diskFormat: 'qcow2' | 'raw' | 'iso';
        url: string | null;
        checksum: { algorithm: 'sha256' | 'sha512'; value: string | null; url: string | null };
        size: number | null;
        minDiskGib: number;
        minRamMib: number;
        defaultUser: string | null;
        properties: Record<string, string>;
        builtIn: boolean;
        imageId: string | null;
        taskId: string | null;
      }[];
    };
  };
  'POST /v1/image-catalog/:id/import': {
    params: { id: string };
    answer: {
      task: {
        id: string;
        kind: string;
        subject: { type: string; id: string; name: string | null };
        projectId: string | null;
        userId: string | null;
        requestId: string;
        parentId: string | null;
        state: 'pending' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled';
        steps: {
          name: string;
          state: 'pending' | 'running' | 'done' | 'failed' | 'undone' | 'skipped';
          startedAt: string | null;
          finishedAt: string | null;
        }[];
        progress: {
          done: number;
          total: number | null;
          unit: 'bytes' | 'percent' | 'items';
          rate: number | null;
          secondsLeft: number | null;
        } | null;
        cancellable: boolean;
        abortRequested: boolean;
        error: {
          kind: 'user' | 'operational' | 'unexpected';
          code: string;
          origin: 'user' | 'controller' | 'agent' | 'hypervisor';
          message: string;
          hint?: string;
          field?: string;
        } | null;
        createdAt: string;
        updatedAt: string;
        finishedAt: string | null;
      } | null;
      imageId: string;
    };
  };
  'GET /v1/servers/:id/access': {
    params: { id: string };
    answer: { forwards: { guestPort: number; hostAddress: string; hostPort: number }[]; defaultUser: string | null };
  };
  'GET /v1/servers/:id/screenshot': {
    params: { id: string };
    answer: Blob;
  };
  'POST /v1/servers/:id/power-off': {
    params: { id: string };
    body: { graceful?: boolean; timeoutSeconds?: number };
    answer: {
      id: string;
      kind: string;
      subject: { type: string; id: string; name: string | null };
      projectId: string | null;
      userId: string | null;
      requestId: string;
      parentId: string | null;
      state: 'pending' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled';
      steps: {
        name: string;
        state: 'pending' | 'running' | 'done' | 'failed' | 'undone' | 'skipped';
        startedAt: string | null;
        finishedAt: string | null;
      }[];
      progress: {
        done: number;
        total: number | null;
        unit: 'bytes' | 'percent' | 'items';
        rate: number | null;
        secondsLeft: number | null;
      } | null;
      cancellable: boolean;
      abortRequested: boolean;
      error: {
        kind: 'user' | 'operational' | 'unexpected';
        code: string;
        origin: 'user' | 'controller' | 'agent' | 'hypervisor';
        message: string;
        hint?: string;
        field?: string;
      } | null;
      createdAt: string;
      updatedAt: string;
      finishedAt: string | null;
    };
  };
  'GET /v1/backups': {
    answer: {
      last: {
        file: string;
        createdAt: string;
        size: number;
        isEncrypted: boolean;
        machines: number;
        notIncluded: {
          kind: 'machine' | 'image';
          id: string;
          name: string | null;
          reason: 'running' | 'started-meanwhile' | 'other-host' | 'missing';
        }[];
      } | null;
      backups: { id: string; createdAt: string; size: number; isEncrypted: boolean }[];
      folder: string;
      databaseCopies: string[];
    };
  };
  'POST /v1/backups': {
    body: { passphrase?: string | null };
    answer: {
      id: string;
      kind: string;
      subject: { type: string; id: string; name: string | null };
      projectId: string | null;
      userId: string | null;
      requestId: string;
      parentId: string | null;
      state: 'pending' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled';
      steps: {
        name: string;
        state: 'pending' | 'running' | 'done' | 'failed' | 'undone' | 'skipped';
        startedAt: string | null;
        finishedAt: string | null;
      }[];
      progress: {
        done: number;
        total: number | null;
        unit: 'bytes' | 'percent' | 'items';
        rate: number | null;
        secondsLeft: number | null;
      } | null;
      cancellable: boolean;
      abortRequested: boolean;
      error: {
        kind: 'user' | 'operational' | 'unexpected';
        code: string;
        origin: 'user' | 'controller' | 'agent' | 'hypervisor';
        message: string;
        hint?: string;
        field?: string;
      } | null;
      createdAt: string;
      updatedAt: string;
      finishedAt: string | null;
    };
  };
  'GET /v1/backups/:id/file': {
    params: { id: string };
    answer: Blob;
  };
  'DELETE /v1/backups/:id': { params: { id: string } };
}
