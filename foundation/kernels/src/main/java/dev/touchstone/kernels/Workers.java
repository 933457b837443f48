package dev.touchstone.kernels;

/// Who shares the work of one large computation.
public interface Workers {
    /// The caller alone.
    Workers ALONE =
            new Workers() {
                @Override
                public int count() {
                    return 1;
                }

                @Override
                public void run(int parts, Part work) {
                    for (int part = 0; part < parts; part++) {
                        work.run(part, 0);
                    }
                }
            };

    /// A part of the work. Parts may run at the same time and in any order.
    interface Part {
        /// @param worker who does it, from 0 to one less than [Workers#count]: no two at once have
        ///   the same number
        void run(int part, int worker);
    }

    /// How many work at once, the caller included.
    int count();

    /// Runs all parts and returns when the last is done. One caller at a time.
    void run(int parts, Part work);
}
