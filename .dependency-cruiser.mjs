/**
 * The order of the rooms (docs/architecture.md): a room imports only from rooms above it in this list.
 * Inside `stages/` the four stages may not see each other; they meet in `stages/messages` and in the files of
 * `stages/` itself, which hold what all of them answer to.
 */
const rooms = [
  "runtime",
  "graph",
  "nn",
  "marl",
  "market",
  "features",
  "trading",
  "stages",
  "evaluation",
  "pipeline",
  "explain",
  "app",
];
/** Rooms that must not know each other although one stands above the other. */
const strangers = {
  market: ["graph", "nn", "marl"],
  features: ["graph", "nn", "marl"],
  trading: ["graph", "nn", "marl"],
};

const upward = rooms.slice(0, -1).map((room, i) => ({
  name: `${room}-imports-upward`,
  severity: "error",
  comment: `${room}/ may import only from: ${rooms.slice(0, i + 1).join(", ")}`,
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${rooms.slice(i + 1).join("|")})/` },
}));
const apart = Object.entries(strangers).map(([room, others]) => ({
  name: `${room}-knows-learning`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${others.join("|")})/` },
}));

export default {
  forbidden: [
    ...upward,
    ...apart,
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "public-is-for-users",
      severity: "error",
      comment: "public.ts lists what users import; inside src/ files import files.",
      from: { path: "^src/" },
      to: { path: "^src/.*/public\\.ts$" },
    },
    {
      name: "stages-talk-through-messages",
      severity: "error",
      from: { path: "^src/stages/([^/]+)/" },
      to: {
        path: "^src/stages/",
        pathNot: ["^src/stages/$1/", "^src/stages/messages/", "^src/stages/[^/]+\\.ts$"],
      },
    },
    {
      name: "pure-rooms-touch-no-machine",
      severity: "error",
      from: { path: "^src/(features|trading|stages|evaluation)/", pathNot: "\\.adapter\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["grandmodel-source", "import", "node", "types", "default"],
    },
  },
};
