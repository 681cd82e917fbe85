/* What the HDF5 helper may not do, even when the file that it reads has taken it over. */
#ifndef ORR_DATA_HDF5_CONFINE_H
#define ORR_DATA_HDF5_CONFINE_H

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define ORR_HDF5_SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define ORR_HDF5_SANITIZED 1
#endif
#endif
#ifndef ORR_HDF5_SANITIZED
#define ORR_HDF5_SANITIZED 0 /* sanitizers need much memory, and system calls of their own */
#endif

/* Memory of about this machine's, no core dumps, no new rights, the first to go when memory is short, and an end
 * that comes with the parent's. What the system refuses is left out. */
void orr_hdf5_limit(unsigned threads);

/* From here on all threads of the process, those running included, can compute, read and write open descriptors
 * and end; all other system calls fail. Where the kernel has no such filter, nothing happens. */
void orr_hdf5_confine(void);

#endif
