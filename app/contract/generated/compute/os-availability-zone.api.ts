// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface OsAvailabilityZoneApi {
  'GET /compute/v2.1/os-availability-zone': {
    answer: {
      availabilityZoneInfo: {
        zoneName: string;
        zoneState: { available: boolean };
        hosts: Record<string, Record<string, { active: boolean; available: boolean; updated_at: string | null }>> | null;
      }[];
    };
  };
  'GET /compute/v2.1/os-availability-zone/detail': {
    answer: {
      availabilityZoneInfo: {
        zoneName: string;
        zoneState: { available: boolean };
        hosts: Record<string, Record<string, { active: boolean; available: boolean; updated_at: string | null }>> | null;
      }[];
    };
  };
}
