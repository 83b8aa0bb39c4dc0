// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface Link { rel: string; href: string; type?: string }
