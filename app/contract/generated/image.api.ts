// Made from the routes by scripts/api-client.ts. Change those, then run "npm run check -- --fix".

export interface ImageApi {
  'GET /image': Record<never, never>;
  'GET /image/versions': Record<never, never>;
  'GET /image/v2': Record<never, never>;
  'POST /image/v2/images': { body: unknown };
  'GET /image/v2/images': Record<never, never>;
  'GET /image/v2/images/:id': { params: { id: string } };
  'PATCH /image/v2/images/:id': {
    params: { id: string };
    body: unknown;
  };
  'DELETE /image/v2/images/:id': { params: { id: string } };
  'PUT /image/v2/images/:id/tags/:tag': { params: { id: string; tag: string } };
  'DELETE /image/v2/images/:id/tags/:tag': { params: { id: string; tag: string } };
  'POST /image/v2/images/:id/actions/deactivate': { params: { id: string } };
  'POST /image/v2/images/:id/actions/reactivate': { params: { id: string } };
  'PUT /image/v2/images/:id/file': { params: { id: string } };
  'GET /image/v2/images/:id/file': { params: { id: string } };
  'POST /image/v2/images/:id/members': {
    params: { id: string };
    body: unknown;
  };
  'GET /image/v2/images/:id/members': { params: { id: string } };
  'GET /image/v2/images/:id/members/:memberId': { params: { id: string; memberId: string } };
  'PUT /image/v2/images/:id/members/:memberId': {
    params: { id: string; memberId: string };
    body: unknown;
  };
  'DELETE /image/v2/images/:id/members/:memberId': { params: { id: string; memberId: string } };
  'GET /image/v2/schemas/:name': { params: { name: string } };
  'GET /image/v2/info/import': Record<never, never>;
  'GET /image/v2/info/stores': Record<never, never>;
}
