package io.arcllm.module;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ActiveSetTests {

	private final ActiveSet<Object> active = new ActiveSet<>();

	@Test
	void whatWasAddedIsThereUntilItIsRemoved() {
		Object one = new Object();
		int slot = this.active.add(one);
		assertThat(all()).containsExactly(one);
		this.active.remove(one, slot);
		assertThat(all()).isEmpty();
		assertThat(this.active.size()).isZero();
	}

	@Test
	void moreThanThereAreSlotsForAreKept() {
		Map<Object, Integer> slots = new HashMap<>();
		for (int i = 0; i < 1000; i++) {
			Object one = new Object();
			slots.put(one, this.active.add(one));
		}
		assertThat(all()).containsExactlyInAnyOrderElementsOf(slots.keySet());
		assertThat(this.active.size()).isEqualTo(1000);
		slots.forEach(this.active::remove);
		assertThat(this.active.size()).isZero();
	}

	@Test
	void removingTwiceTakesNothingElseOut() {
		Object first = new Object();
		int slot = this.active.add(first);
		this.active.remove(first, slot);
		Object second = new Object();
		this.active.add(second);
		this.active.remove(first, slot);
		assertThat(all()).containsExactly(second);
	}

	@Test
	void manyThreadsLoseNothingAndLeaveNothing() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Object>> work = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				int seed = i;
				work.add(() -> comeAndGo(new Random(seed)));
			}
			List<Object> kept = new ArrayList<>();
			for (Future<Object> one : threads.invokeAll(work)) {
				kept.add(one.get());
			}
			assertThat(all()).containsExactlyInAnyOrderElementsOf(kept);
		}
		finally {
			threads.shutdownNow();
		}
	}

	/** Gives the one that stays. */
	private Object comeAndGo(Random random) {
		Object stays = new Object();
		this.active.add(stays);
		Map<Object, Integer> under = new HashMap<>();
		for (int i = 0; i < 5000; i++) {
			Object one = new Object();
			under.put(one, this.active.add(one));
			if (random.nextInt(12) == 0) {
				under.forEach(this.active::remove);
				under.clear();
			}
		}
		under.forEach(this.active::remove);
		return stays;
	}

	private List<Object> all() {
		List<Object> all = new ArrayList<>();
		this.active.forEach(all::add);
		return all;
	}

}
