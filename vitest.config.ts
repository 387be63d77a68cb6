import type { ViteUserConfig } from "vitest/config";

const conditions = ["grandmodel-source"];

const config: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/fail-on-console.ts", "test/property-seed.ts"],
    pool: "forks",
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
};

export default config;
