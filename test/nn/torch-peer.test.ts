/** @file The PyTorch peer answers with figures where torch is installed and with a reason where it is not. */
import { expect, test } from "vitest";
import { torchPeer } from "../../bench/peers/torch.ts";

test("torchPeer is measured on one thread, or says what is missing", async () => {
  const peer = await torchPeer(0.05);
  if (peer.kind === "measured") {
    expect(peer.threads).toBe(1);
    expect(peer.torch).toMatch(/^\d+\.\d+/);
    expect(peer.parallel).toContain("get_num_threads() : 1");
  } else {
    expect(peer.reason).toMatch(/apt-get install/);
  }
});
